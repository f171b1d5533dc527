create view ages as select id, age from users;
