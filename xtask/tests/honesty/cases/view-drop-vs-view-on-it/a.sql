drop view people;
