alter table items add primary key (id);
