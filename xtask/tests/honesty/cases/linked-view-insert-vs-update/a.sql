insert into people values (10, 'Zoe');
