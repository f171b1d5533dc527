create or replace function first_line() returns text language sql as $$ select 'welcome' $$;
