-- A role is now one of the global ones. A foreign key locks both its tables against writes, so tenants that run side by
-- side wait for each other here, on roles: NOT VALID and a transaction of its own keep that to an instant.
-- migration: commit-before

alter table members
    add constraint members_role_fkey foreign key (role) references roles (code) not valid;
