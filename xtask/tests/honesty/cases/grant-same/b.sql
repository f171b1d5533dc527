grant select on table users to pg_monitor;
