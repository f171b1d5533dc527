create table users (id bigint primary key, name text, email text, age integer);
insert into users values (1, 'Ann', 'ann@example.com', 30), (2, 'Bob', 'bob@example.com', 41);
create table log (line text);
create table totals (number bigint);
create function log_user() returns trigger language plpgsql as $$ begin insert into log values (new.name); return new; end $$;
create trigger users_log after insert on users for each row execute function log_user();
