insert into users (id, email) values (10, 'ann@example.com');
