create table if not exists events (id bigint primary key, message text);
