create table mood (id bigint);
