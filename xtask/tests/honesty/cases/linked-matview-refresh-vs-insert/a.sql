refresh materialized view people;
