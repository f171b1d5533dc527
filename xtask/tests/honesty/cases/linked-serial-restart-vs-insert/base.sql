create table notes (id bigserial primary key, line text);
