-- "How long did this wait?" A task knows its status of today alone.
-- migration: placeholders

create table task_status_changes (
    id          bigint generated always as identity primary key,
    task_id     bigint not null references tasks (id) on delete cascade,
    from_status task_status,
    to_status   task_status not null,
    changed_at  timestamptz not null default now()
);

comment on table task_status_changes is 'Every status a task has had. Written by a trigger alone.';
comment on column task_status_changes.from_status is 'Null for the first.';

create index task_status_changes_task_id_idx on task_status_changes (task_id, changed_at);

-- A body is text until it runs; then its names mean what the search_path says, and the nightly job goes over all tenants
-- without setting one. With a path of its own the function writes to the table beside it.
create function record_task_status() returns trigger
    language plpgsql
    set search_path = ${schema}, pg_temp
as $body$
begin
    if tg_op = 'INSERT' then
        insert into task_status_changes (task_id, to_status)
        values (new.id, new.status);
    elsif new.status is distinct from old.status then
        insert into task_status_changes (task_id, from_status, to_status)
        values (new.id, old.status, new.status);
    end if;
    return null;
end;
$body$;

create trigger tasks_record_status
    after insert or update of status on tasks
    for each row execute function record_task_status();

-- After the trigger, whose lock keeps new tasks out until the commit: none is missed, none is recorded twice.
insert into task_status_changes (task_id, to_status, changed_at)
select id, status, updated_at
from tasks;
