insert into users (id) values (10);
