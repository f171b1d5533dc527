alter table items alter column id set default 0;
