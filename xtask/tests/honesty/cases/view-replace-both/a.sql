create or replace view people as select id, name from users where age > 17;
