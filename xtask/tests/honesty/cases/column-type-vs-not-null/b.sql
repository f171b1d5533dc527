alter table users alter column age set not null;
