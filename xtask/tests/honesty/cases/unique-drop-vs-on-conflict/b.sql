insert into users (id, email) values (1, 'ann@example.com') on conflict (email) do nothing;
