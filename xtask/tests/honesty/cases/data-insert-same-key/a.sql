insert into users (id, name) values (10, 'Zoe');
