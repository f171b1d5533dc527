create or replace view people as select id, name, email from users;
