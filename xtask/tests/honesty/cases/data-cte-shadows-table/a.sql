with orders as (select 10 as id, 'Zoe' as name) insert into users (id, name) select id, name from orders;
