create index on users using hash (email);
