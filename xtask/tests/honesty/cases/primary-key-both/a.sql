alter table items add constraint items_by_id primary key (id);
