alter table users rename to accounts;
