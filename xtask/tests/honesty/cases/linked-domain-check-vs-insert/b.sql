insert into games values (1, -1);
