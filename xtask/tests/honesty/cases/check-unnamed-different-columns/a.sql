alter table users add check (age > 0);
