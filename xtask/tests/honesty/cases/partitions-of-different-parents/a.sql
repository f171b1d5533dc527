create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
