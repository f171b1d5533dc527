create function user_name(wanted bigint) returns text language sql begin atomic select name from users where id = wanted; end;
