create table events_spring partition of events for values from ('2024-03-01') to ('2024-06-01');
