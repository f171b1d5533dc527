alter table users rename column name to display_name;
