drop index users_one_email;
