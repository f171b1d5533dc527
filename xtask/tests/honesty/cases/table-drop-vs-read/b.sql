insert into users (id, name) select id, name from legacy;
