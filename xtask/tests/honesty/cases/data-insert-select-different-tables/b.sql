insert into mails select email from users where id in (select generate_series(1, 10));
