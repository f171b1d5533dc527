create table items (id bigint not null, name text);
