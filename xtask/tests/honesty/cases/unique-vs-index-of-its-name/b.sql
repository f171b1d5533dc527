create index users_email_key on users (name);
