create view people as select u.id, u.name from users as u;
