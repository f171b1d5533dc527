create view people as select id, name, age from users;
