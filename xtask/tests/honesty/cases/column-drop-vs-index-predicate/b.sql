create index adults on users (email) where age >= 18;
