-- Who works in this workspace, and on what. No schema is named: the names mean this tenant's, then the global ones.

create table members (
    id           bigint generated always as identity primary key,
    user_id      bigint not null constraint members_user_id_key unique,
    display_name text not null constraint members_display_name_check check (display_name <> ''),
    role         text not null default 'member',
    left_at      timestamptz,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);

comment on table members is 'A user who belongs to this workspace.';
comment on column members.user_id is
    'users.id of the global track. No foreign key: to delete one user would ask this table of every tenant.';
comment on column members.left_at is 'When the member left; the row stays, since tasks and comments name it.';

create trigger members_touch_updated_at
    before update on members
    for each row execute function touch_updated_at();

create table projects (
    id          bigint generated always as identity primary key,
    key         text not null
        constraint projects_key_key unique
        constraint projects_key_check check (key ~ '^[A-Z]{2,6}$'),
    name        text not null constraint projects_name_check check (name <> ''),
    lead_id     bigint references members (id),
    archived_at timestamptz,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);

comment on column projects.key is 'Goes before the number of a task, as in WEB-42.';

create index projects_lead_id_idx on projects (lead_id);

create trigger projects_touch_updated_at
    before update on projects
    for each row execute function touch_updated_at();
