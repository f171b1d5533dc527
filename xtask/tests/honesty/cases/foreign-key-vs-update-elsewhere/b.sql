update users set name = upper(name);
