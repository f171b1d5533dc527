insert into notes (line) values ('second');
