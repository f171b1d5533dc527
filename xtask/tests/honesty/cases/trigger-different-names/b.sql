create trigger users_touch_new before insert on users for each row execute function touch();
