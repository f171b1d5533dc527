create index on users (lower(email));
