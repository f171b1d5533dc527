alter table users add column if not exists phone text;
