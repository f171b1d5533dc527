insert into users values (10, 'Zoe', 'zoe@example.com', 40);
