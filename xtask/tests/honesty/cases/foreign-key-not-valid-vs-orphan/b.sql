insert into orders values (10, 99, 1.00);
