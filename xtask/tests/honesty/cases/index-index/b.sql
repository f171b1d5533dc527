create index users_by_name on users (name);
