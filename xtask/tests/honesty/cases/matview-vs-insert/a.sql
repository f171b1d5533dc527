create materialized view people as select id, name from users;
