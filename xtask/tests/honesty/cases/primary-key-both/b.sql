alter table items add constraint items_by_code primary key (code);
