do $$ begin alter table users add column phone text; end $$;
