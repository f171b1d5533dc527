-- One sign-in for all workspaces that a person is a member of.

create table users (
    id           bigint generated always as identity primary key,
    email        text not null constraint users_email_check check (email like '%_@_%'),
    name         text,
    last_seen_at timestamptz,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);

comment on table users is 'A person who signs in. What the person does is known to the workspaces alone.';
comment on column users.email is 'As typed; unique without regard to case.';

create unique index users_lower_email_key on users (lower(email));

create trigger users_touch_updated_at
    before update on users
    for each row execute function touch_updated_at();
