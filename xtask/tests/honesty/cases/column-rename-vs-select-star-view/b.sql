create view people as select * from users;
