alter table users alter column age drop not null;
