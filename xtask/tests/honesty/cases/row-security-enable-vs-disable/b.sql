alter table users disable row level security;
