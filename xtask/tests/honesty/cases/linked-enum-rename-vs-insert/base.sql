create type status as enum ('new', 'done');
create table jobs (id bigint primary key, status status);
