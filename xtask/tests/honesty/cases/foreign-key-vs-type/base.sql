create table users (id text primary key);
create table orders (id bigint primary key, user_id text);
insert into users values ('1');
