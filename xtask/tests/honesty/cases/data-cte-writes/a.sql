with gone as (delete from users where id = 2 returning id) insert into totals select 'gone', count(*) from gone;
