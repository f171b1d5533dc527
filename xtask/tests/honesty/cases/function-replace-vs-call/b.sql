update users set name = shout(name);
