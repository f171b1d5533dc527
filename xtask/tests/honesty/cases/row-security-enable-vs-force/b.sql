alter table users force row level security;
