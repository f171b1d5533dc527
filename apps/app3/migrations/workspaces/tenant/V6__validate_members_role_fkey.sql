-- The constraint is there already, so no member gets an unknown role while the old ones are put right and read.

update members
set role = 'member'
where not exists (select from roles where roles.code = members.role);

alter table members validate constraint members_role_fkey;
