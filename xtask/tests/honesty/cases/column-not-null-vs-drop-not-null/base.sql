create table users (id bigint primary key, age integer not null, size integer);
