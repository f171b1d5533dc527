update users set age = 0 where age is null;
alter table users alter column age set not null;
