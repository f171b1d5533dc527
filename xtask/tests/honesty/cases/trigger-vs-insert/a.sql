create trigger users_shout before insert on users for each row execute function shout();
