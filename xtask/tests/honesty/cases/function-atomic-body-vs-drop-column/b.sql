create function user_email(wanted bigint) returns text language sql begin atomic select email from users where id = wanted; end;
