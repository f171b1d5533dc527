create table users (id bigint primary key, born text);
insert into users values (1, '2001-02-03');
