insert into notes (line) values ('first');
