alter table users add constraint users_modern check (born > '1900-01-01');
