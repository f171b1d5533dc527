create table events (id bigint primary key, user_id bigint references users);
