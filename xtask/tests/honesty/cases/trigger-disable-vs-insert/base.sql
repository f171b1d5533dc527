create table users (id bigint primary key, name text, email text, age integer);
insert into users values (1, 'Ann', 'ann@example.com', 30), (2, 'Bob', 'bob@example.com', 41);
create function shout() returns trigger language plpgsql as $$ begin new.name = upper(new.name); return new; end $$;
create trigger users_shout before insert on users for each row execute function shout();
