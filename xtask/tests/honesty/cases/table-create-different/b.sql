create table devices (id bigserial primary key, user_id bigint references users);
