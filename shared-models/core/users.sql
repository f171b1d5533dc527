-- owner: app1
--
-- Who signs in, for which account.

create type user_role as enum ('owner', 'buyer', 'viewer');

create table users (
    id           bigint generated always as identity primary key,
    account_id   bigint not null references accounts (id),
    email        text not null,
    name         text,
    role         user_role not null default 'buyer',
    last_seen_at timestamptz,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    constraint users_email_check check (email like '%_@_%')
);

comment on table users is 'A person who signs in.';
comment on column users.email is 'As typed; unique without regard to case.';
comment on column users.name is 'What the person wants to be called; null until told.';

create unique index users_lower_email_key on users (lower(email));
create index users_account_id_idx on users (account_id);

create trigger users_touch_updated_at
    before update on users
    for each row execute function touch_updated_at();
