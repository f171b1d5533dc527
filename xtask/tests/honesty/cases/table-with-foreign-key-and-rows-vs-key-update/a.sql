create table logins (id bigint primary key, user_id bigint references users (id));
insert into logins values (1, 2);
