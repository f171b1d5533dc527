grant select, update on users to pg_read_all_stats;
