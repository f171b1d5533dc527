revoke update on users from pg_monitor;
