grant select (name) on users to pg_monitor;
