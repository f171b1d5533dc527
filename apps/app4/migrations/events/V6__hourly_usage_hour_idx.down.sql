-- migration: no-transaction

drop index concurrently hourly_usage_hour_idx;
