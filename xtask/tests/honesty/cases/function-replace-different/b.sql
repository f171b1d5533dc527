create or replace function adult(age integer) returns boolean language sql as 'select age >= 21';
