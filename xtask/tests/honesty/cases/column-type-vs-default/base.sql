create table items (id bigint primary key, size text);
insert into items values (1, '42');
