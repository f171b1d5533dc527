create function user_name(wanted bigint) returns text language sql as 'select name from users where id = wanted';
