create index on users (email);
