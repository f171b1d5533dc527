create statistics users_mail_age (ndistinct) on email, age from users;
