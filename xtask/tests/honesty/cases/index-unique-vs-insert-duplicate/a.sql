create unique index users_one_email on users (lower(email));
