create table events (id bigint primary key, line text);
