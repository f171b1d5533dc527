create function adult(age integer) returns boolean language sql immutable as 'select age >= 18';
