create index concurrently users_by_email on users (email);
