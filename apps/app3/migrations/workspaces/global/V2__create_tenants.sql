-- The registry of customers: one row a workspace. The migrator reads from it which schemas there are.

-- One for all schemas: it looks at NEW alone, so it need not know in whose schema it runs.
create function touch_updated_at() returns trigger
    language plpgsql
as $body$
begin
    new.updated_at := now();
    return new;
end;
$body$;

comment on function touch_updated_at() is 'Keeps updated_at true; attach it before update, for each row.';

create table tenants (
    schema_name  text primary key,
    display_name text not null constraint tenants_display_name_check check (display_name <> ''),
    plan         text not null default 'free' references plans (code),
    region       text not null default 'eu' constraint tenants_region_check check (region in ('eu', 'us', 'ap')),
    active       boolean not null default true,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    -- A name has 63 bytes: a longer one is cut without an error, and two customers would meet in one schema.
    constraint tenants_schema_name_check check (
        octet_length(schema_name) between 1 and 63
        and schema_name not in ('public', 'information_schema', '$user')
        and not starts_with(schema_name, 'pg_')
    )
);

comment on table tenants is 'A customer''s workspace; its data is in the schema of that name.';
comment on column tenants.region is 'Where its files are stored: the attachments, not this database.';
comment on column tenants.active is
    'False: signed off, and its schema is migrated no more. Once true again, the next run makes up for it.';

create index tenants_plan_idx on tenants (plan);

create trigger tenants_touch_updated_at
    before update on tenants
    for each row execute function touch_updated_at();
