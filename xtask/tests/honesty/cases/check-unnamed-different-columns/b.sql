alter table users add check (name <> '');
