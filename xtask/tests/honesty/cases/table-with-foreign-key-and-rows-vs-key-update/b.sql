update users set id = 20 where id = 2;
