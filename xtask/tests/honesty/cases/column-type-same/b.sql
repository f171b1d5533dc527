alter table users alter age set data type bigint;
