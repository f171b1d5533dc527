grant select on users to pg_monitor;
