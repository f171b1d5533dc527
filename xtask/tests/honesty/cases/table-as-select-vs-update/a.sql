create table users_before as select id, name from users;
