alter table users add column if not exists phone varchar(20);
