create table users (id bigint primary key, name text, email text, age integer);
insert into users values (1, 'Ann', 'ann@example.com', 30), (2, 'Bob', 'bob@example.com', 41);
