create table events (id bigint, at date) partition by range (at);
create table visits (id bigint, at date) partition by range (at);
