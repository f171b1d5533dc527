alter table users add constraint users_old_enough check (age > 0);
