insert into users (id, name, email) values (10, 'Zoe', 'zoe@example.com');
