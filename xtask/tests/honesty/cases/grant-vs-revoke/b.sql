revoke select on users from pg_monitor;
