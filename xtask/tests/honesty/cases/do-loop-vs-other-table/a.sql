do $$
declare
    found record;
begin
    for found in select name from users loop
        insert into names values (found.name);
    end loop;
end
$$;
