-- The facts of one schema: kind, key, attributes. Continues `with wanted(schema) as (values ('…'))`.
--
-- It is parsed with an empty search_path, so every name here is pg_catalog's own whatever the schema holds. Then `ns` sets
-- search_path to the schema and pg_temp before anything else is computed, since all else is joined to its row: what the
-- server prints (`pg_get_viewdef`, `::regclass`) leaves out the schema's own name and qualifies every other.
-- pg_temp goes last, or a temporary table would shadow a real one.
--
-- Columns that only some of PostgreSQL 15 to 18 have are read through `to_jsonb(row)`, where a missing one is null.
, ns as materialized (
  select n.oid, n.nspname::text as name, n.nspowner, n.nspacl,
         has_schema_privilege(n.oid, 'usage') as usable,
         set_config('search_path', quote_ident(n.nspname::text) || ', pg_temp', true) as path
  from wanted w join pg_namespace n on n.nspname = w.schema
),
-- pg_class, pg_type and pg_proc have no index led by the schema: asking them for it reads the catalog of a whole fleet.
-- But each object depends on its schema, and pg_depend is indexed by that (226 ms against 18 ms at 5,000 schemas).
-- What an extension made belongs to the extension.
obj as materialized (
  select d.classid, d.objid
  from ns join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = ns.oid and d.deptype = 'n'
  where not exists (select from pg_depend e where e.classid = d.classid and e.objid = d.objid and e.deptype = 'e')
),
-- A stand-alone composite type depends on the schema by its pg_type row only.
rel as materialized (
  select c.*, quote_ident(c.relname::text) as name
  from (select objid from obj where classid = 'pg_class'::regclass
        union all
        select t.typrelid from obj join pg_type t on t.oid = obj.objid
        where obj.classid = 'pg_type'::regclass and t.typtype = 'c') o
  join pg_class c on c.oid = o.objid
),
typ as materialized (
  select t.*, quote_ident(t.typname::text) as name
  from obj join pg_type t on t.oid = obj.objid where obj.classid = 'pg_type'::regclass and t.typtype <> 'c'
),
-- kind, key; the object, for its comment and labels; its owner and privileges; all else.
thing(kind, key, classid, objid, subid, owner, acl, attributes) as (
  select 'schema', '', 'pg_namespace'::regclass::oid, ns.oid, 0, ns.nspowner,
         coalesce(ns.nspacl, acldefault('n', ns.nspowner)), '{}'::jsonb
  from ns

  union all
  -- Whether a materialized view was refreshed is data.
  select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' else 'table' end,
         c.name, 'pg_class'::regclass, c.oid, 0, c.relowner, coalesce(c.relacl, acldefault('r', c.relowner)),
         jsonb_build_object(
           'persistence', case c.relpersistence when 'u' then 'unlogged' when 't' then 'temporary' end,
           'row_security', nullif(c.relrowsecurity, false),
           'force_row_security', nullif(c.relforcerowsecurity, false),
           'replica_identity', case when c.relkind in ('r', 'p', 'm') then
             case c.relreplident when 'n' then 'nothing' when 'f' then 'full' when 'i' then 'an index' end end,
           'options', (select jsonb_agg(o order by o collate "C") from unnest(c.reloptions) o),
           'toast_options', (select jsonb_agg(o order by o collate "C") from pg_class toast, unnest(toast.reloptions) o where toast.oid = c.reltoastrelid),
           'tablespace', (select quote_ident(spcname::text) from pg_tablespace where oid = c.reltablespace),
           'access_method', (select quote_ident(amname::text) from pg_am where oid = c.relam and amname <> 'heap'),
           'of_type', case when c.reloftype <> 0 then format_type(c.reloftype, null) end,
           'partitioned_by', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
           'partition_bound', case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end,
           'inherits', (select jsonb_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid),
           'detach_pending', (select true from pg_inherits i where i.inhrelid = c.oid and i.inhdetachpending),
           'definition', case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
           'server', (select quote_ident(s.srvname::text) from pg_foreign_table f join pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = c.oid),
           'foreign_options', (select jsonb_agg(o order by o collate "C") from pg_foreign_table f, unnest(f.ftoptions) o where f.ftrelid = c.oid))
  from rel c where c.relkind in ('r', 'p', 'v', 'm', 'f')

  union all
  -- Positions are dense, so a column that was dropped leaves no trace.
  -- PostgreSQL 18 has a constraint for each NOT NULL; what it adds to attnotnull is here, its name is left out.
  select case c.relkind when 'c' then 'attribute' else 'column' end,
         c.name || '.' || quote_ident(a.attname::text), 'pg_class'::regclass, c.oid, a.attnum, c.relowner, a.attacl,
         jsonb_build_object(
           'of', c.name,
           'position', row_number() over (partition by a.attrelid order by a.attnum),
           'type', format_type(a.atttypid, a.atttypmod),
           'not_null', case when a.attnotnull then coalesce(
             (select case when k.connoinherit then 'not null no inherit' else 'not null' end
                     || case when k.convalidated then '' else ' not valid' end
              from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey = array[a.attnum]), 'not null') end,
           'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
           'generated', case when a.attgenerated <> '' then
             pg_get_expr(d.adbin, d.adrelid) || case a.attgenerated when 's' then ' stored' when 'v' then ' virtual' else ' ' || a.attgenerated::text end end,
           'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' else nullif(a.attidentity::text, '') end,
           'collation', case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end,
           'storage', case when a.attstorage <> t.typstorage then
             case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' when 'x' then 'extended' else a.attstorage::text end end,
           'compression', case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' else nullif(a.attcompression::text, '') end,
           'statistics_target', nullif(a.attstattarget, -1),
           'options', (select jsonb_agg(o order by o collate "C") from unnest(a.attoptions) o),
           'foreign_options', (select jsonb_agg(o order by o collate "C") from unnest(a.attfdwoptions) o),
           'inherited', nullif(not a.attislocal, false))
  from rel c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')

  union all
  -- Those that a partition has from its parent follow from the parent's, and their names are made up by the server.
  -- A foreign key works by internal triggers, which DISABLE TRIGGER ALL turns off.
  select 'constraint', c.name || '.' || quote_ident(k.conname::text), 'pg_constraint'::regclass, k.oid, 0, c.relowner, null,
         jsonb_build_object(
           'of', c.name,
           'definition', pg_get_constraintdef(k.oid),
           'inherited', nullif(not k.conislocal, false),
           'disabled', case when k.contype = 'f' then (
             select true from pg_trigger g where g.tgconstraint = k.oid and g.tgisinternal and g.tgenabled <> 'O' limit 1) end)
  from rel c join pg_constraint k on k.conrelid = c.oid
  where k.conparentid = 0 and k.contype not in ('t', 'n')

  union all
  select 'other', 'disabled foreign key ' || c.name || '.' || quote_ident(k.conname::text), 'pg_constraint'::regclass, k.oid, 0, c.relowner, null,
         jsonb_build_object('of', c.name)
  from rel c join pg_constraint k on k.conrelid = c.oid
  where c.relispartition and k.conparentid <> 0 and k.contype = 'f'
    and exists (select from pg_trigger g where g.tgconstraint = k.oid and g.tgisinternal and g.tgenabled <> 'O')

  union all
  select 'domain constraint', t.name || '.' || quote_ident(k.conname::text), 'pg_constraint'::regclass, k.oid, 0, t.typowner, null,
         jsonb_build_object('of', t.name, 'definition', pg_get_constraintdef(k.oid))
  from typ t join pg_constraint k on k.contypid = t.oid
  where t.typtype = 'd' and k.contype <> 'n'

  union all
  -- The definition from the access method on; all before it is in other attributes. Only the pretty form follows search_path.
  select 'index', quote_ident(x.relname::text), 'pg_class'::regclass, x.oid, 0, c.relowner, null,
         jsonb_build_object(
           'of', c.name,
           'unique', nullif(i.indisunique, false),
           'definition', substr(d.text, case when starts_with(d.text, d.head) then length(d.head) + 1 else 1 end),
           'invalid', nullif(not i.indisvalid, false),
           'not_ready', nullif(not i.indisready, false),
           'replica_identity', nullif(i.indisreplident, false),
           'clustered', nullif(i.indisclustered, false),
           'attached_to', (select h.inhparent::regclass::text from pg_inherits h where h.inhrelid = x.oid),
           'constraint', (select c.name || '.' || quote_ident(k.conname::text) from pg_constraint k
                          where k.conindid = x.oid and k.conrelid = c.oid and k.contype in ('p', 'u', 'x') limit 1),
           'tablespace', (select quote_ident(spcname::text) from pg_tablespace where oid = x.reltablespace),
           'statistics_targets', (select jsonb_agg('column ' || a.attnum || ': ' || a.attstattarget order by a.attnum) from pg_attribute a
                                  where a.attrelid = x.oid and a.attstattarget <> -1))
  from rel c join pg_index i on i.indrelid = c.oid join pg_class x on x.oid = i.indexrelid,
  lateral (select pg_get_indexdef(x.oid, 0, true) as text,
                  'CREATE ' || case when i.indisunique then 'UNIQUE ' else '' end || 'INDEX ' || quote_ident(x.relname::text) || ' ON '
                  || case when x.relkind = 'I' then 'ONLY ' else '' end || c.oid::regclass::text || ' USING ' as head) d
  where c.relkind in ('r', 'p', 'm')

  union all
  -- Where a sequence stands is data.
  select 'sequence', c.name, 'pg_class'::regclass, c.oid, 0, c.relowner, coalesce(c.relacl, acldefault('s', c.relowner)),
         jsonb_build_object(
           'persistence', case c.relpersistence when 'u' then 'unlogged' when 't' then 'temporary' end,
           'type', format_type(s.seqtypid, null), 'start', s.seqstart, 'increment', s.seqincrement,
           'minimum', s.seqmin, 'maximum', s.seqmax, 'cache', s.seqcache, 'cycle', nullif(s.seqcycle, false),
           'of', o.of, 'owned_by', o.of || '.' || o.attname, 'identity', nullif(o.identity, false))
  from rel c join pg_sequence s on s.seqrelid = c.oid
  left join lateral (
    select d.refobjid::regclass::text as of, quote_ident(a.attname::text) as attname, d.deptype = 'i' as identity
    from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
    limit 1) o on true
  where c.relkind = 'S'

  union all
  select 'trigger', c.name || '.' || quote_ident(g.tgname::text), 'pg_trigger'::regclass, g.oid, 0, c.relowner, null,
         jsonb_build_object(
           'of', c.name,
           'definition', substr(d.text, case when starts_with(d.text, d.head) then length(d.head) + 1 else 1 end),
           'enabled', case g.tgenabled when 'O' then null when 'D' then 'no' when 'R' then 'replica' when 'A' then 'always' else g.tgenabled::text end)
  from rel c join pg_trigger g on g.tgrelid = c.oid,
  lateral (select pg_get_triggerdef(g.oid, true) as text,
                  'CREATE ' || case when g.tgconstraint <> 0 then 'CONSTRAINT ' else '' end || 'TRIGGER ' || quote_ident(g.tgname::text) || ' ' as head) d
  where c.relhastriggers and not g.tgisinternal and g.tgparentid = 0

  union all
  -- A partition's copy of its parent's trigger, where it is enabled otherwise.
  select 'other', case g.tgenabled when 'D' then 'disabled' when 'R' then 'replica' when 'A' then 'always enabled' else 'enabled' end
           || ' trigger ' || c.name || '.' || quote_ident(g.tgname::text), 'pg_trigger'::regclass, g.oid, 0, c.relowner, null,
         jsonb_build_object('of', c.name)
  from rel c join pg_trigger g on g.tgrelid = c.oid join pg_trigger parent on parent.oid = g.tgparentid
  where c.relispartition and not g.tgisinternal and g.tgenabled <> parent.tgenabled

  union all
  select 'rule', c.name || '.' || quote_ident(r.rulename::text), 'pg_rewrite'::regclass, r.oid, 0, c.relowner, null,
         jsonb_build_object(
           'of', c.name,
           'definition', pg_get_ruledef(r.oid, true),
           'enabled', case r.ev_enabled when 'O' then null when 'D' then 'no' when 'R' then 'replica' when 'A' then 'always' else r.ev_enabled::text end)
  from rel c join pg_rewrite r on r.ev_class = c.oid
  where c.relhasrules and r.rulename <> '_RETURN'

  union all
  select 'policy', c.name || '.' || quote_ident(p.polname::text), 'pg_policy'::regclass, p.oid, 0, c.relowner, null,
         jsonb_build_object(
           'of', c.name,
           'command', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
           'restrictive', nullif(not p.polpermissive, false),
           'roles', (select jsonb_agg(r.name order by r.name collate "C")
                     from unnest(p.polroles) role,
                     lateral (select case when role = 0 then 'PUBLIC' when role = ns.nspowner then '<owner>'
                                          else quote_ident(pg_get_userbyid(role)::text) end as name) r),
           'using', pg_get_expr(p.polqual, p.polrelid),
           'check', pg_get_expr(p.polwithcheck, p.polrelid))
  from ns cross join rel c join pg_policy p on p.polrelid = c.oid

  union all
  select 'type', c.name, 'pg_type'::regclass, t.oid, 0, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner)), '{}'
  from rel c join pg_type t on t.oid = c.reltype where c.relkind = 'c'

  union all
  select 'enum', t.name, 'pg_type'::regclass, t.oid, 0, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner)),
         jsonb_build_object('labels', (select coalesce(jsonb_agg(e.enumlabel order by e.enumsortorder), '[]') from pg_enum e where e.enumtypid = t.oid))
  from typ t where t.typtype = 'e'

  union all
  select 'domain', t.name, 'pg_type'::regclass, t.oid, 0, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner)),
         jsonb_build_object(
           'type', format_type(t.typbasetype, t.typtypmod),
           'not_null', case when t.typnotnull then coalesce(
             (select case when k.convalidated then 'not null' else 'not null not valid' end
              from pg_constraint k where k.contypid = t.oid and k.contype = 'n' limit 1), 'not null') end,
           'default', coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault),
           'collation', (select t.typcollation::regcollation::text from pg_type b where b.oid = t.typbasetype and b.typcollation <> t.typcollation))
  from typ t where t.typtype = 'd'

  union all
  select 'range', t.name, 'pg_type'::regclass, t.oid, 0, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner)),
         jsonb_build_object(
           'type', format_type(r.rngsubtype, null),
           'multirange', format_type(r.rngmultitypid, null),
           'collation', (select r.rngcollation::regcollation::text from pg_type b where b.oid = r.rngsubtype and b.typcollation <> r.rngcollation),
           'operator_class', (select case when pg_opclass_is_visible(o.oid) then '' else quote_ident(n.nspname::text) || '.' end || quote_ident(o.opcname::text)
                              from pg_opclass o join pg_namespace n on n.oid = o.opcnamespace where o.oid = r.rngsubopc),
           'canonical', nullif(r.rngcanonical::oid::regproc::text, '-'),
           'difference', nullif(r.rngsubdiff::oid::regproc::text, '-'))
  from typ t join pg_range r on r.rngtypid = t.oid where t.typtype = 'r'

  union all
  -- The server makes a range's constructors.
  select case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
         quote_ident(p.proname::text) || '('
           || array_to_string(array(select format_type(a.type, null) from unnest(p.proargtypes) with ordinality a(type, n) order by a.n), ', ') || ')',
         'pg_proc'::regclass, p.oid, 0, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)),
         jsonb_build_object(
           'arguments', pg_get_function_arguments(p.oid),
           'result', pg_get_function_result(p.oid),
           'language', quote_ident(l.lanname::text),
           'window', nullif(p.prokind = 'w', false),
           'volatility', case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
           'strict', nullif(p.proisstrict, false),
           'security_definer', nullif(p.prosecdef, false),
           'leakproof', nullif(p.proleakproof, false),
           'parallel', case p.proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end,
           'cost', p.procost,
           'rows', nullif(p.prorows, 0),
           'support', nullif(p.prosupport::oid::regproc::text, '-'),
           'transforms', (select jsonb_agg(format_type(f.type, null) order by f.n) from unnest(p.protrftypes) with ordinality f(type, n)),
           -- A function that sets search_path to its own schema names it; here that name is neutral, so that tenants are equal.
           'settings', (select jsonb_agg(case when c.entry like 'search\_path=%'
                          then 'search_path=' || trim(both ', ' from replace(replace(
                                 ', ' || regexp_replace(substr(c.entry, 13), '\s*,\s*', ', ', 'g') || ',',
                                 ', ' || quote_ident(ns.name) || ',', ', <own schema>,'),
                                 ', "' || replace(ns.name, '"', '""') || '",', ', <own schema>,'))
                          else c.entry end order by c.entry collate "C") from unnest(p.proconfig) c(entry)),
           'body', case when p.prokind <> 'a' then coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) end,
           'library', p.probin,
           'definition', (
             select jsonb_object_agg(substr(e.key, 4), e.value)
             from pg_aggregate g, jsonb_each((to_jsonb(g.*) - array['aggfnoid']) || jsonb_build_object(
               'aggtranstype', format_type(g.aggtranstype, null),
               'aggmtranstype', case when g.aggmtranstype <> 0 then format_type(g.aggmtranstype, null) end,
               'aggsortop', nullif(g.aggsortop, 0)::regoperator::text)) e
             where g.aggfnoid = p.oid))
  from ns cross join obj join pg_proc p on p.oid = obj.objid join pg_language l on l.oid = p.prolang
  where obj.classid = 'pg_proc'::regclass
    and not exists (select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i')

  union all
  select 'statistics', quote_ident(s.stxname::text), 'pg_statistic_ext'::regclass, s.oid, 0, s.stxowner, null,
         jsonb_build_object(
           'of', s.stxrelid::regclass::text,
           'kinds', (select jsonb_agg(k order by k collate "C") from unnest(s.stxkind::text[]) k),
           'definition', pg_get_statisticsobjdef_columns(s.oid),
           'target', nullif(s.stxstattarget, -1))
  from obj join pg_statistic_ext s on s.oid = obj.objid where obj.classid = 'pg_statistic_ext'::regclass

  union all
  select 'default privileges',
         'for ' || case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else d.defaclobjtype::text end
           || ' of ' || case when d.defaclrole = ns.nspowner then '<owner>' else quote_ident(pg_get_userbyid(d.defaclrole)::text) end,
         'pg_default_acl'::regclass, d.oid, 0, d.defaclrole, d.defaclacl, '{}'
  from ns join pg_default_acl d on d.defaclnamespace = ns.oid

  union all
  -- Types that a table or range has of its own are known with it, unless somebody said something about them.
  select 'other', 'comment or privilege of row type ' || c.name, 'pg_type'::regclass, t.oid, 0, t.typowner, t.typacl, '{}'
  from rel c join pg_type t on t.oid = c.reltype
  where c.relkind <> 'c' and (t.typacl is not null or exists (
    select from pg_description d where d.objoid = t.oid and d.classoid = 'pg_type'::regclass))

  union all
  select 'other', 'comment of multirange type ' || quote_ident(m.typname::text), 'pg_type'::regclass, m.oid, 0, m.typowner, null, '{}'
  from typ t join pg_range r on r.rngtypid = t.oid join pg_type m on m.oid = r.rngmultitypid
  where exists (select from pg_description d where d.objoid = m.oid and d.classoid = 'pg_type'::regclass)

  union all
  select 'other', case when t.typisdefined then 'base type ' else 'shell type ' end || t.name,
         'pg_type'::regclass, t.oid, 0, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner)),
         jsonb_build_object(
           'input', nullif(t.typinput::oid::regproc::text, '-'), 'output', nullif(t.typoutput::oid::regproc::text, '-'),
           'receive', nullif(t.typreceive::oid::regproc::text, '-'), 'send', nullif(t.typsend::oid::regproc::text, '-'),
           'modifier_input', nullif(t.typmodin::oid::regproc::text, '-'), 'modifier_output', nullif(t.typmodout::oid::regproc::text, '-'),
           'subscript', nullif(t.typsubscript::oid::regproc::text, '-'), 'length', t.typlen, 'by_value', t.typbyval,
           'alignment', t.typalign, 'storage', t.typstorage, 'category', t.typcategory, 'preferred', t.typispreferred,
           'delimiter', t.typdelim, 'default', t.typdefault, 'element', case when t.typelem <> 0 then format_type(t.typelem, null) end)
  from typ t where t.typtype not in ('e', 'd', 'r', 'm')

  union all
  select 'other', 'operator ' || o.oprname || ' (' || case o.oprleft when 0 then 'none' else format_type(o.oprleft, null) end
           || ', ' || case o.oprright when 0 then 'none' else format_type(o.oprright, null) end || ')',
         obj.classid, o.oid, 0, o.oprowner, null,
         jsonb_build_object(
           'function', nullif(o.oprcode::oid, 0)::regprocedure::text, 'result', format_type(o.oprresult, null),
           'commutator', nullif(o.oprcom, 0)::regoperator::text, 'negator', nullif(o.oprnegate, 0)::regoperator::text,
           'restrict', nullif(o.oprrest::oid::regproc::text, '-'), 'join', nullif(o.oprjoin::oid::regproc::text, '-'),
           'merges', nullif(o.oprcanmerge, false), 'hashes', nullif(o.oprcanhash, false))
  from obj join pg_operator o on o.oid = obj.objid where obj.classid = 'pg_operator'::regclass

  union all
  -- Not its version: that is the operating system's.
  select 'other', 'collation ' || quote_ident(c.collname::text), obj.classid, c.oid, 0, c.collowner, null,
         jsonb_build_object(
           'provider', case c.collprovider when 'c' then 'libc' when 'i' then 'icu' when 'b' then 'builtin' else c.collprovider::text end,
           'nondeterministic', nullif(not c.collisdeterministic, false),
           'collate', c.collcollate, 'ctype', c.collctype,
           -- Since 17 under another name; rules since 16.
           'locale', coalesce(to_jsonb(c.*) ->> 'colllocale', to_jsonb(c.*) ->> 'colliculocale'),
           'rules', to_jsonb(c.*) ->> 'collicurules')
  from obj join pg_collation c on c.oid = obj.objid where obj.classid = 'pg_collation'::regclass

  union all
  select 'other', 'conversion ' || quote_ident(c.conname::text), obj.classid, c.oid, 0, c.conowner, null,
         jsonb_build_object(
           'from', pg_encoding_to_char(c.conforencoding), 'to', pg_encoding_to_char(c.contoencoding),
           'function', c.conproc::oid::regproc::text, 'default', nullif(c.condefault, false))
  from obj join pg_conversion c on c.oid = obj.objid where obj.classid = 'pg_conversion'::regclass

  union all
  select 'other', 'operator class ' || quote_ident(o.opcname::text) || ' using ' || quote_ident(a.amname::text), obj.classid, o.oid, 0, o.opcowner, null,
         jsonb_build_object(
           'family', (select quote_ident(f.opfname::text) from pg_opfamily f where f.oid = o.opcfamily),
           'type', format_type(o.opcintype, null), 'default', nullif(o.opcdefault, false),
           'key_type', case when o.opckeytype <> 0 then format_type(o.opckeytype, null) end)
  from obj join pg_opclass o on o.oid = obj.objid join pg_am a on a.oid = o.opcmethod where obj.classid = 'pg_opclass'::regclass

  union all
  select 'other', 'operator family ' || quote_ident(f.opfname::text) || ' using ' || quote_ident(a.amname::text), obj.classid, f.oid, 0, f.opfowner, null,
         jsonb_build_object(
           'operators', (select jsonb_agg(o.text order by o.text collate "C") from pg_amop m, lateral (
               select m.amopstrategy || ' ' || m.amopopr::regoperator::text
                      || case m.amoppurpose when 'o' then ' for order by ' || (select quote_ident(s.opfname::text) from pg_opfamily s where s.oid = m.amopsortfamily) else '' end as text) o
             where m.amopfamily = f.oid),
           'functions', (select jsonb_agg(p.text order by p.text collate "C") from pg_amproc m, lateral (
               select m.amprocnum || ' (' || format_type(m.amproclefttype, null) || ', ' || format_type(m.amprocrighttype, null) || ') '
                      || m.amproc::oid::regprocedure::text as text) p
             where m.amprocfamily = f.oid))
  from obj join pg_opfamily f on f.oid = obj.objid join pg_am a on a.oid = f.opfmethod where obj.classid = 'pg_opfamily'::regclass

  union all
  select 'other', 'text search configuration ' || quote_ident(c.cfgname::text), obj.classid, c.oid, 0, c.cfgowner, null,
         jsonb_build_object(
           'parser', (select quote_ident(p.prsname::text) from pg_ts_parser p where p.oid = c.cfgparser),
           'mappings', (select jsonb_object_agg(k.alias, k.dictionaries) from (
              select coalesce(k.alias, m.maptokentype::text) as alias, jsonb_agg(m.mapdict::oid::regdictionary::text order by m.mapseqno) as dictionaries
              from pg_ts_config_map m left join ts_token_type(c.cfgparser) k on k.tokid = m.maptokentype
              where m.mapcfg = c.oid group by 1) k))
  from obj join pg_ts_config c on c.oid = obj.objid where obj.classid = 'pg_ts_config'::regclass

  union all
  select 'other', 'text search dictionary ' || quote_ident(d.dictname::text), obj.classid, d.oid, 0, d.dictowner, null,
         jsonb_build_object(
           'template', (select quote_ident(t.tmplname::text) from pg_ts_template t where t.oid = d.dicttemplate),
           'options', d.dictinitoption)
  from obj join pg_ts_dict d on d.oid = obj.objid where obj.classid = 'pg_ts_dict'::regclass

  union all
  select 'other', 'text search parser ' || quote_ident(p.prsname::text), obj.classid, p.oid, 0, null, null,
         jsonb_build_object(
           'start', p.prsstart::oid::regproc::text, 'token', p.prstoken::oid::regproc::text, 'end', p.prsend::oid::regproc::text,
           'headline', nullif(p.prsheadline::oid::regproc::text, '-'), 'token_types', p.prslextype::oid::regproc::text)
  from obj join pg_ts_parser p on p.oid = obj.objid where obj.classid = 'pg_ts_parser'::regclass

  union all
  select 'other', 'text search template ' || quote_ident(t.tmplname::text), obj.classid, t.oid, 0, null, null,
         jsonb_build_object('init', nullif(t.tmplinit::oid::regproc::text, '-'), 'lexize', t.tmpllexize::oid::regproc::text)
  from obj join pg_ts_template t on t.oid = obj.objid where obj.classid = 'pg_ts_template'::regclass

  union all
  -- What has no part of its own above is at least present or absent: a class of objects that a later version brings.
  -- Extensions are the database's, privileges by default are above.
  select 'other', i.type || ' ' || coalesce(i.name, i.identity), obj.classid, obj.objid, 0, null, null, '{}'
  from obj, lateral pg_identify_object(obj.classid, obj.objid, 0) i
  where i.type is not null and obj.classid not in (
      'pg_type'::regclass, 'pg_proc'::regclass, 'pg_statistic_ext'::regclass, 'pg_operator'::regclass, 'pg_collation'::regclass,
      'pg_conversion'::regclass, 'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_ts_config'::regclass, 'pg_ts_dict'::regclass,
      'pg_ts_parser'::regclass, 'pg_ts_template'::regclass, 'pg_extension'::regclass, 'pg_default_acl'::regclass)
    and not exists (select from rel c where c.oid = obj.objid and obj.classid = 'pg_class'::regclass and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S'))
)
select t.kind, t.key,
       jsonb_strip_nulls(t.attributes || jsonb_build_object(
         -- Only where it is not the schema's; of what hangs on a table it is the table's.
         'owner', case when t.owner <> ns.nspowner and (t.attributes ->> 'of' is null or t.kind = 'statistics') then quote_ident(pg_get_userbyid(t.owner)::text) end,
         'depends_on_extension', case when t.kind in ('function', 'procedure', 'aggregate', 'trigger', 'index', 'materialized view') then (
           select jsonb_agg(quote_ident(x.extname::text) order by x.extname) from pg_depend d join pg_extension x on x.oid = d.refobjid
           where d.classid = t.classid and d.objid = t.objid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'x') end,
         'comment', (select d.description from pg_description d where d.objoid = t.objid and d.classoid = t.classid and d.objsubid = t.subid),
         'privileges', (
           select jsonb_agg(p.privilege order by p.privilege collate "C")
           from aclexplode(t.acl) a, lateral (
             select a.privilege_type || case when a.is_grantable then ' with grant option' else '' end || ' to '
                    || case a.grantee when 0 then 'PUBLIC' when t.owner then '<owner>' when ns.nspowner then '<schema owner>'
                                      else quote_ident(pg_get_userbyid(a.grantee)::text) end
                    || case when a.grantor = t.owner then '' else ' by ' || quote_ident(pg_get_userbyid(a.grantor)::text) end as privilege) p),
         'security_labels', (
           select jsonb_object_agg(l.provider, l.label) from pg_seclabel l where l.objoid = t.objid and l.classoid = t.classid and l.objsubid = t.subid))),
       ns.usable
from ns cross join thing t
