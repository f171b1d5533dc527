create domain score as integer;
create table games (id bigint primary key, score score);
