alter table users add column mood mood not null default 'good';
