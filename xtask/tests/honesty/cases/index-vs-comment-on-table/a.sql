create index users_by_age on users (age);
