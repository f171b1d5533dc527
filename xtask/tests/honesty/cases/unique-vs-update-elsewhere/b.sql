update users set age = 50 where id = 2;
