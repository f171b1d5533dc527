create table logins (id bigint primary key, user_id bigint references users);
insert into logins values (1, 2);
