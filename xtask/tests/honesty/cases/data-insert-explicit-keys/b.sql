insert into users (id, name) values (11, 'Yan');
