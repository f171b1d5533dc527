insert into names select name from people;
