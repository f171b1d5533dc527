grant select (age) on users to pg_monitor;
