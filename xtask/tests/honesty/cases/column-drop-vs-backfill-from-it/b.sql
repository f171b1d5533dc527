update users set name = email where name is null or name = '';
