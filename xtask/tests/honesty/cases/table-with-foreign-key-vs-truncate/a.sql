create table logins (id bigint primary key, user_id bigint references users);
