update users set name = 'Anonymous' where age < 18 or id = 1;
