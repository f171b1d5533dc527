alter table users add column mood mood;
