-- The pilot of time tracking. Where the query says no, the file is recorded as skipped, for good; the migration that
-- ends the pilot will make the table where it is missing.
-- migration: only-if select ${tenant:literal} in (select schema_name from tenant_flags where flag = 'time_tracking')

create table time_entries (
    id         bigint generated always as identity primary key,
    task_id    bigint not null references tasks (id),
    member_id  bigint not null references members (id),
    started_at timestamptz not null default now(),
    stopped_at timestamptz,
    note       text not null default '',
    constraint time_entries_stopped_at_check check (stopped_at > started_at)
);

comment on table time_entries is 'Time that a member spent on a task.';
comment on column time_entries.stopped_at is 'Null while the clock runs.';

create index time_entries_task_id_idx on time_entries (task_id);
create index time_entries_member_id_idx on time_entries (member_id, started_at);

-- A member is at one task at a time.
create unique index time_entries_running_key on time_entries (member_id) where stopped_at is null;
