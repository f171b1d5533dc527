-- "Who moved this customer to another plan, and when?"

create table tenant_changes (
    id          bigint generated always as identity primary key,
    schema_name text not null,
    before      jsonb,
    after       jsonb,
    changed_by  text not null default session_user,
    changed_at  timestamptz not null default now(),
    constraint tenant_changes_row_check check (before is not null or after is not null)
);

comment on table tenant_changes is 'Every change of a row of tenants. Written by a trigger alone.';
comment on column tenant_changes.schema_name is 'No foreign key: the record outlives the tenant.';
comment on column tenant_changes.before is 'Null when the tenant was registered.';
comment on column tenant_changes.after is 'Null when its row was deleted.';

create index tenant_changes_schema_name_idx on tenant_changes (schema_name, changed_at);

-- Whoever writes tenants may have a tenant's schema first in the search_path; the function keeps the one of today.
create function record_tenant_change() returns trigger
    language plpgsql
    set search_path from current
as $body$
begin
    insert into tenant_changes (schema_name, before, after)
    values (coalesce(new.schema_name, old.schema_name), to_jsonb(old), to_jsonb(new));
    return null;
end;
$body$;

create trigger tenants_record_change
    after insert or update or delete on tenants
    for each row execute function record_tenant_change();

-- After the trigger, whose lock keeps new tenants out until the commit: none is missed, none is recorded twice.
insert into tenant_changes (schema_name, after, changed_at)
select schema_name, to_jsonb(tenants), created_at
from tenants;
