create table users (id bigint primary key);
create table "Users" (id bigint primary key);
