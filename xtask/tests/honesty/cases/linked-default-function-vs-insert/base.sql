create function first_line() returns text language sql as $$ select 'hello' $$;
create table notes (id bigint primary key, line text default first_line());
