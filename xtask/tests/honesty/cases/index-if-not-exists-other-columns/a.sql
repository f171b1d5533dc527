create index if not exists users_lookup on users (email);
