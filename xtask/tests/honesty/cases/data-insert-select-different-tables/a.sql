insert into names select name from users;
