create index if not exists users_by_email on users (email);
