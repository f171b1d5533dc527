drop index users_by_age;
