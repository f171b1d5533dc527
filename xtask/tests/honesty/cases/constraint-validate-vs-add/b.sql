alter table users add constraint users_named check (name <> '') not valid;
