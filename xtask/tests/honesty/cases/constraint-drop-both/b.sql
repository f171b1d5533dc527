alter table users drop constraint users_adult;
