update users set name = name || '!s';
