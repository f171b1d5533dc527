grant select on public.users to pg_monitor;
