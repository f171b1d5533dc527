insert into users (id, name, age) values (10, 'Zoe', 4);
