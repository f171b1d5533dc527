insert into jobs values (1, 'new');
