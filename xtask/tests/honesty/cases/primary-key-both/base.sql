create table items (id bigint, code text);
insert into items values (1, 'a');
