create statistics users_name_age on name, age from users;
