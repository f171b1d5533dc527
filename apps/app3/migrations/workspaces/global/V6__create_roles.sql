-- What a member may do, the same in all workspaces. Until now each of them had its own idea of the names.

create table roles (
    code       text primary key constraint roles_code_check check (code ~ '^[a-z][a-z_]*$'),
    may_edit   boolean not null,
    may_invite boolean not null,
    may_bill   boolean not null
);

comment on table roles is
    'The members of all tenants refer to it. Written by migrations alone; to delete a row would ask every tenant.';
comment on column roles.may_bill is 'May see invoices and change the plan.';

insert into roles (code, may_edit, may_invite, may_bill)
values
    ('owner', true, true, true),
    ('admin', true, true, false),
    ('member', true, false, false),
    ('guest', false, false, false);
