alter table users alter column name set storage external;
