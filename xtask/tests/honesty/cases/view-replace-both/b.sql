create or replace view people as select id, upper(name) as name from users;
