insert into totals select 'users', count(*) from users;
