create or replace function shout(line text) returns text language sql immutable as $$ select upper(line) || '!' $$;
