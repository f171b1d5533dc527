alter table users disable trigger users_shout;
