alter table users rename column age to years;
