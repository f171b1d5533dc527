alter table items alter column size set default '0';
