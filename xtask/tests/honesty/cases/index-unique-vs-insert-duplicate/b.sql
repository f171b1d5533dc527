insert into users (id, email) values (10, 'ANN@example.com');
