create table events (id bigint, at date) partition by range (at);
create table events_old partition of events for values from ('2020-01-01') to ('2024-01-01');
