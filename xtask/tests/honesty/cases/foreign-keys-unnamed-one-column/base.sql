create table users (id bigint primary key, name text, email text, age integer);
insert into users values (1, 'Ann', 'ann@example.com', 30), (2, 'Bob', 'bob@example.com', 41);
create table orders (id bigint primary key, user_id bigint, total numeric(10, 2) default 0);
insert into orders values (1, 1, 9.50), (2, 2, 20.00);
create table people (id bigint primary key);
insert into people values (1), (2);
