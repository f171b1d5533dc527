do $$
declare
    wish record;
begin
    for wish in select * from wishes loop
        execute format('alter table %I add column %I text', wish.relation, wish.name);
    end loop;
end
$$;
