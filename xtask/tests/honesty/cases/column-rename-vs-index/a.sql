alter table users rename email to address;
