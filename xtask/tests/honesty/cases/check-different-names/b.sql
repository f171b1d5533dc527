alter table users add constraint users_young_enough check (age < 200);
