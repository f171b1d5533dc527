-- What belongs to the server, all databases alike. Run with an empty search_path.
select t.kind, t.key, jsonb_strip_nulls(t.attributes)
from (
  -- The password is in a catalog that only superusers read.
  select 'role' as kind, quote_ident(r.rolname::text) as key,
         jsonb_build_object(
           'superuser', nullif(r.rolsuper, false), 'inherit', r.rolinherit, 'create_role', nullif(r.rolcreaterole, false),
           'create_database', nullif(r.rolcreatedb, false), 'login', nullif(r.rolcanlogin, false), 'replication', nullif(r.rolreplication, false),
           'bypass_row_security', nullif(r.rolbypassrls, false), 'connection_limit', nullif(r.rolconnlimit, -1),
           'valid_until', r.rolvaliduntil, 'comment', shobj_description(r.oid, 'pg_authid')) as attributes
  from pg_roles r where r.rolname !~ '^pg_'

  union all
  -- PostgreSQL 16 has a row for each grantor, and two more options.
  select 'membership', quote_ident(pg_get_userbyid(m.member)::text) || ' in ' || quote_ident(pg_get_userbyid(m.roleid)::text),
         jsonb_build_object('grants', jsonb_agg(
           (to_jsonb(m.*) - array['oid', 'roleid', 'member', 'grantor']) || jsonb_build_object('grantor', quote_ident(pg_get_userbyid(m.grantor)::text))
           order by pg_get_userbyid(m.grantor)))
  from pg_auth_members m group by m.member, m.roleid

  union all
  select 'setting', coalesce(quote_ident(pg_get_userbyid(nullif(s.setrole, 0))::text), 'of all roles'),
         jsonb_build_object('values', (select jsonb_agg(v order by v collate "C") from unnest(s.setconfig) v))
  from pg_db_role_setting s where s.setdatabase = 0

  union all
  select 'parameter', p.parname, jsonb_build_object('privileges', (
           select jsonb_agg(g.privilege order by g.privilege collate "C") from aclexplode(p.paracl) a, lateral (
             select a.privilege_type || case when a.is_grantable then ' with grant option' else '' end || ' to '
                    || case a.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(a.grantee)::text) end as privilege) g))
  from pg_parameter_acl p

  union all
  select 'tablespace', quote_ident(s.spcname::text),
         jsonb_build_object(
           'owner', quote_ident(pg_get_userbyid(s.spcowner)::text), 'location', nullif(pg_tablespace_location(s.oid), ''),
           'options', (select jsonb_agg(o order by o collate "C") from unnest(s.spcoptions) o),
           'comment', shobj_description(s.oid, 'pg_tablespace'),
           'privileges', (
             select jsonb_agg(g.privilege order by g.privilege collate "C") from aclexplode(coalesce(s.spcacl, acldefault('t', s.spcowner))) a, lateral (
               select a.privilege_type || case when a.is_grantable then ' with grant option' else '' end || ' to '
                      || case a.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(a.grantee)::text) end as privilege) g))
  from pg_tablespace s
) t
