insert into orders values (10, 1, 5);
