alter sequence user_numbers owned by users.age;
