update users set name = trim(name);
