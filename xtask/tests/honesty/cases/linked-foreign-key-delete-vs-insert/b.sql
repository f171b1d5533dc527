insert into orders values (10, 2, 5);
