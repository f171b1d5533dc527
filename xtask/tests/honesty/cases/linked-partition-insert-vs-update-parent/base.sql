create table events (id bigint, at date) partition by range (at);
create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
insert into events values (1, '2024-02-03');
