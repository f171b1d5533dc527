insert into logs values (1, 'started');
