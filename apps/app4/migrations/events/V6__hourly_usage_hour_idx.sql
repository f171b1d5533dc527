-- The operators' board shows the last hours of all customers. CONCURRENTLY: the roll-up goes on while it is built.
-- migration: no-transaction

create index concurrently hourly_usage_hour_idx on hourly_usage (hour);
