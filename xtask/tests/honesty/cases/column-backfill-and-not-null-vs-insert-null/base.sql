create table users (id bigint primary key, age integer);
insert into users values (1, null), (2, 30);
