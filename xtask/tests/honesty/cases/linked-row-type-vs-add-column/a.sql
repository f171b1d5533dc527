create or replace view people as select id, name, age from users;
