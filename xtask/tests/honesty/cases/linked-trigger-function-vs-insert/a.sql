create or replace function shout() returns trigger language plpgsql as $$ begin new.name = upper(new.name) || '!'; return new; end $$;
