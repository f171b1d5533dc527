create view addresses as select id, email from users;
