alter table orders alter column user_id type bigint using user_id::bigint;
