alter table users alter column age drop default;
