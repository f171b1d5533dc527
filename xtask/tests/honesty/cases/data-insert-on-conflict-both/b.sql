insert into users (id, name) values (10, 'Yan') on conflict do nothing;
