create materialized view people as select id, name from users with no data;
