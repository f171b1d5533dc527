alter table users add unique (email);
