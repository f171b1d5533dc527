alter table users add constraint users_adult check (age >= 18) not valid;
