-- Features that some customers have and others do not, or not yet. Tenant migrations may ask: see V10 of the tenants.

create table tenant_flags (
    schema_name text not null,
    flag        text not null constraint tenant_flags_flag_check check (flag ~ '^[a-z][a-z_]*$'),
    enabled_at  timestamptz not null default now(),
    primary key (schema_name, flag)
);

comment on table tenant_flags is 'A row: the tenant has the feature.';
comment on column tenant_flags.schema_name is
    'No foreign key: what a customer is promised may be entered before the workspace is made.';

-- The customers who signed up for the pilot of time tracking.
insert into tenant_flags (schema_name, flag)
values
    ('acme', 'time_tracking'),
    ('o''hara & söhne', 'time_tracking');
