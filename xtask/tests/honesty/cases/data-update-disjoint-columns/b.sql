update users set age = age + 1 where id < 10;
