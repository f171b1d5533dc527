create table events (id bigint);
