delete from users where id = 2;
