grant select on people to pg_monitor;
