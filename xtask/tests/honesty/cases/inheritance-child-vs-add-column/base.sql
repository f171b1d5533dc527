create table things (id bigint);
