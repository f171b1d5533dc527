create function shout(number integer) returns text language sql immutable as 'select number::text';
