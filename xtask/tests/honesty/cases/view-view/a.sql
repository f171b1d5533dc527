create view people as select id, name from users;
