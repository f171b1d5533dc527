do $$
begin
    if not exists (select from information_schema.columns where table_name = 'users' and column_name = 'phone') then
        alter table users add column phone text;
    end if;
end
$$;
