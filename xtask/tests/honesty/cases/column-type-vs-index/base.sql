create table items (id bigint primary key, code text);
insert into items values (1, '42');
