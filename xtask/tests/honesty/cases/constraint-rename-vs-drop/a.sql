alter table users rename constraint users_adult to users_grown_up;
