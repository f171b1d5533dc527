create table events (id bigint, at date) partition by range (at);
create table events_old (id bigint, at date);
