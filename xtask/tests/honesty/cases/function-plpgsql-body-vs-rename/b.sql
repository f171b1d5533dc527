create function user_name(wanted bigint) returns text language plpgsql as $$ begin return (select name from users where id = wanted); end $$;
