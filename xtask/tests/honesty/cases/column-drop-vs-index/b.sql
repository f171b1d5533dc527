create index users_email on users (email);
