create table events (id bigint, at date) partition by range (at);
