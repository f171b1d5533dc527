alter table users alter column born type date using born::date;
