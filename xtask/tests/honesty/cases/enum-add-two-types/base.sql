create type status as enum ('new', 'done');
create type mood as enum ('good', 'bad');
