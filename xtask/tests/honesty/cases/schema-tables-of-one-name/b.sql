create table public.events (id bigint, line text);
