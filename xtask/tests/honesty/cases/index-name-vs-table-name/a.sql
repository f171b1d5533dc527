create index events on users (age);
