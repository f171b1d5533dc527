-- What belongs to the database and to no schema of it. Run with an empty search_path, so that every name is qualified.
-- What an extension made belongs to the extension, a range's casts to the range; what has an oid under 16384 came with the server (access/transam.h).
with thing(kind, key, classid, objid, owner, acl, attributes) as (
  select 'database', '', 'pg_database'::regclass::oid, d.oid, d.datdba, coalesce(d.datacl, acldefault('d', d.datdba)),
         jsonb_build_object('connection_limit', nullif(d.datconnlimit, -1))
  from pg_database d where d.datname = current_database()

  union all
  select 'setting', coalesce(quote_ident(pg_get_userbyid(nullif(s.setrole, 0))::text), 'of all roles'), null, null, null, null,
         jsonb_build_object('values', (select jsonb_agg(v order by v collate "C") from unnest(s.setconfig) v))
  from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = current_database()

  union all
  select 'schema', quote_ident(n.nspname::text), 'pg_namespace'::regclass, n.oid, n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner)), '{}'
  from pg_namespace n where n.nspname !~ '^pg_(toast|temp)'

  union all
  select 'extension', quote_ident(x.extname::text), 'pg_extension'::regclass, x.oid, x.extowner, null,
         jsonb_build_object('version', x.extversion, 'schema', x.extnamespace::regnamespace::text)
  from pg_extension x

  union all
  select 'cast', format_type(c.castsource, null) || ' as ' || format_type(c.casttarget, null), 'pg_cast'::regclass, c.oid, null, null,
         jsonb_build_object(
           'function', nullif(c.castfunc, 0)::regprocedure::text,
           'context', case c.castcontext when 'a' then 'assignment' when 'i' then 'implicit' else 'explicit' end,
           'method', case c.castmethod when 'i' then 'inout' when 'b' then 'binary' else 'function' end)
  from pg_cast c where c.oid >= 16384

  union all
  select 'transform', format_type(t.trftype, null) || ' in ' || quote_ident(l.lanname::text), 'pg_transform'::regclass, t.oid, null, null,
         jsonb_build_object('from_sql', nullif(t.trffromsql::oid, 0)::regprocedure::text, 'to_sql', nullif(t.trftosql::oid, 0)::regprocedure::text)
  from pg_transform t join pg_language l on l.oid = t.trflang where t.oid >= 16384

  union all
  select 'language', quote_ident(l.lanname::text), 'pg_language'::regclass, l.oid, l.lanowner, coalesce(l.lanacl, acldefault('l', l.lanowner)),
         jsonb_build_object(
           'trusted', nullif(l.lanpltrusted, false),
           'handler', nullif(l.lanplcallfoid, 0)::regprocedure::text,
           'inline_handler', nullif(l.laninline, 0)::regprocedure::text,
           'validator', nullif(l.lanvalidator, 0)::regprocedure::text)
  from pg_language l

  union all
  select 'access method', quote_ident(a.amname::text), 'pg_am'::regclass, a.oid, null, null,
         jsonb_build_object('handler', a.amhandler::oid::regprocedure::text, 'of', case a.amtype when 't' then 'tables' when 'i' then 'indexes' end)
  from pg_am a where a.oid >= 16384

  union all
  select 'event trigger', quote_ident(e.evtname::text), 'pg_event_trigger'::regclass, e.oid, e.evtowner, null,
         jsonb_build_object(
           'event', e.evtevent, 'function', e.evtfoid::regprocedure::text,
           'tags', (select jsonb_agg(tag order by tag collate "C") from unnest(e.evttags) tag),
           'enabled', case e.evtenabled when 'O' then null when 'D' then 'no' when 'R' then 'replica' when 'A' then 'always' else e.evtenabled::text end)
  from pg_event_trigger e

  union all
  -- Each version has more switches (`pubinsert`, `pubviaroot`, …) than the one before it.
  select 'publication', quote_ident(p.pubname::text), 'pg_publication'::regclass, p.oid, p.pubowner, null,
         (select jsonb_object_agg(substr(e.key, 4), e.value) from jsonb_each(to_jsonb(p.*) - array['oid', 'pubname', 'pubowner']) e)
         || jsonb_build_object(
           'tables', (select jsonb_agg(t.text order by t.text collate "C") from pg_publication_rel r, lateral (
             select r.prrelid::regclass::text
                    || coalesce(' (' || (select string_agg(quote_ident(a.attname::text), ', ' order by a.attnum) from pg_attribute a
                                         where a.attrelid = r.prrelid and a.attnum = any (r.prattrs::int2[])) || ')', '')
                    || coalesce(' where ' || pg_get_expr(r.prqual, r.prrelid), '') as text) t
             where r.prpubid = p.oid),
           'schemas', (select jsonb_agg(n.pnnspid::regnamespace::text order by n.pnnspid::regnamespace::text collate "C")
                       from pg_publication_namespace n where n.pnpubid = p.oid))
  from pg_publication p

  union all
  -- Not how it connects: that holds a password, and only superusers may read it.
  select 'subscription', quote_ident(s.subname::text), 'pg_subscription'::regclass, s.oid, s.subowner, null,
         jsonb_build_object(
           'enabled', s.subenabled, 'slot', s.subslotname, 'synchronous_commit', s.subsynccommit,
           'publications', (select jsonb_agg(p order by p collate "C") from unnest(s.subpublications) p))
  from pg_subscription s join pg_database d on d.oid = s.subdbid where d.datname = current_database()

  union all
  select 'foreign data wrapper', quote_ident(w.fdwname::text), 'pg_foreign_data_wrapper'::regclass, w.oid, w.fdwowner,
         coalesce(w.fdwacl, acldefault('F', w.fdwowner)),
         jsonb_build_object(
           'handler', nullif(w.fdwhandler, 0)::regprocedure::text,
           'validator', nullif(w.fdwvalidator, 0)::regprocedure::text,
           'options', (select jsonb_agg(o order by o collate "C") from unnest(w.fdwoptions) o))
  from pg_foreign_data_wrapper w

  union all
  select 'foreign server', quote_ident(s.srvname::text), 'pg_foreign_server'::regclass, s.oid, s.srvowner,
         coalesce(s.srvacl, acldefault('S', s.srvowner)),
         jsonb_build_object(
           'wrapper', quote_ident(w.fdwname::text), 'type', s.srvtype, 'version', s.srvversion,
           'options', (select jsonb_agg(o order by o collate "C") from unnest(s.srvoptions) o))
  from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw

  union all
  -- The values are passwords and the like: a fact ends up in messages, so it has the options' names alone.
  select 'user mapping', case when m.umuser = 0 then 'PUBLIC' else quote_ident(m.usename::text) end || ' at ' || quote_ident(m.srvname::text),
         null, null, null, null,
         jsonb_build_object('options', (select jsonb_agg(split_part(o, '=', 1) order by o collate "C") from unnest(m.umoptions) o))
  from pg_user_mappings m

  union all
  select 'default privileges',
         'for ' || case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas'
                              else d.defaclobjtype::text end
           || ' of ' || quote_ident(pg_get_userbyid(d.defaclrole)::text),
         'pg_default_acl'::regclass, d.oid, d.defaclrole, d.defaclacl, '{}'
  from pg_default_acl d where d.defaclnamespace = 0
)
select t.kind, t.key,
       jsonb_strip_nulls(t.attributes || jsonb_build_object(
         'owner', quote_ident(pg_get_userbyid(t.owner)::text),
         'comment', case t.kind
           when 'database' then shobj_description(t.objid, 'pg_database')
           else (select d.description from pg_description d where d.objoid = t.objid and d.classoid = t.classid and d.objsubid = 0) end,
         'privileges', (
           select jsonb_agg(p.privilege order by p.privilege collate "C")
           from aclexplode(t.acl) a, lateral (
             select a.privilege_type || case when a.is_grantable then ' with grant option' else '' end || ' to '
                    || case a.grantee when 0 then 'PUBLIC' when t.owner then '<owner>' else quote_ident(pg_get_userbyid(a.grantee)::text) end
                    || case when a.grantor = t.owner then '' else ' by ' || quote_ident(pg_get_userbyid(a.grantor)::text) end as privilege) p),
         'security_labels', (
           select jsonb_object_agg(l.provider, l.label) from pg_seclabel l where l.objoid = t.objid and l.classoid = t.classid and l.objsubid = 0)))
from thing t
where t.objid is null
   or not exists (select from pg_depend e where e.classid = t.classid and e.objid = t.objid and e.deptype in ('e', 'i'))
   or t.kind in ('schema', 'language')
