create trigger users_touch before update of age on users for each row execute function touch();
