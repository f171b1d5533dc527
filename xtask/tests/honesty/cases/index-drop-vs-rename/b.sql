alter index users_by_email rename to users_email;
