delete from users where age > 40;
