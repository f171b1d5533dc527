create table if not exists events (id bigint primary key, line text);
