alter table users rename column email to address;
