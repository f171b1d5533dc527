do $$ begin execute format('alter table %I add column %I text', 'users', 'phone'); end $$;
