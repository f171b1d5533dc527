use super::*;
use crate::sql::split;

/// What is named, as it is written, a `!` after what is changed.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let statements = split(text).unwrap();
    let found: Vec<String> = statements
        .iter()
        .flat_map(schema_names)
        .map(|name| {
            let mark = if name.role == Role::Changed { "!" } else { "" };
            format!("{}{mark}", &text[name.span])
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn what_is_made_altered_or_dropped_is_changed() {
    for (text, expected) in [
        ("create table acme.users (id int)", "acme.users"),
        (
            "CREATE UNLOGGED TABLE IF NOT EXISTS Acme.Users ()",
            "Acme.Users",
        ),
        ("create temp table acme.t as select 1", "acme.t"),
        ("create foreign table acme.t (a int) server s", "acme.t"),
        ("create or replace view acme.v (a) as select 1", "acme.v"),
        ("create recursive view acme.v (a) as select 1", "acme.v"),
        (
            "create materialized view if not exists acme.v as select 1",
            "acme.v",
        ),
        ("create sequence acme.s as int", "acme.s"),
        ("create type acme.mood as enum ('a.b')", "acme.mood"),
        ("create type acme.t", "acme.t"),
        ("create domain acme.d as text", "acme.d"),
        (
            "create function acme.f(a int) returns int return 1",
            "acme.f",
        ),
        (
            "create or replace procedure acme.p() language sql as ''",
            "acme.p",
        ),
        (
            "create aggregate acme.sum(int) (sfunc = f, stype = int)",
            "acme.sum",
        ),
        ("create operator acme.+ (function = f)", "acme.+"),
        (
            "create collation if not exists acme.c (locale = 'de')",
            "acme.c",
        ),
        ("create statistics acme.s on a, b from t", "acme.s"),
        (
            "create text search configuration acme.c (copy = english)",
            "acme.c",
        ),
        ("create index on acme.t (a)", "acme.t"),
        (
            "create unique index concurrently if not exists i on only acme.t using gin (a)",
            "acme.t",
        ),
        (
            "create trigger g after insert or update of a on acme.t for each row execute function f()",
            "acme.t",
        ),
        (
            "create constraint trigger g after insert on acme.t deferrable for each row execute function f()",
            "acme.t",
        ),
        (
            "create policy p on acme.t for select to r using (true)",
            "acme.t",
        ),
        (
            "create rule r as on insert to acme.t do instead nothing",
            "acme.t",
        ),
        ("create schema acme", "acme"),
        ("create schema if not exists authorization acme", "acme"),
        (
            "create extension if not exists citext with schema acme version '1'",
            "acme",
        ),
        (
            "import foreign schema far limit to (a) from server s into acme",
            "acme",
        ),
        (
            "alter table if exists only acme.t add a int, drop b",
            "acme.t",
        ),
        ("alter materialized view acme.v rename to w", "acme.v"),
        ("alter index if exists acme.i rename to j", "acme.i"),
        ("alter type acme.mood add value 'x'", "acme.mood"),
        ("alter function acme.f(int) stable", "acme.f"),
        ("alter policy p on acme.t using (true)", "acme.t"),
        ("alter table t set schema acme", "acme"),
        ("alter extension citext set schema \"Acme\"", "\"Acme\""),
        ("alter table t attach partition acme.p default", "acme.p"),
        (
            "alter table t alter id add generated always as identity (sequence name acme.s start with 1)",
            "acme.s",
        ),
        ("alter schema acme rename to x", "acme"),
        ("drop table if exists acme.t cascade", "acme.t"),
        ("drop index concurrently if exists acme.i", "acme.i"),
        ("drop trigger if exists g on acme.t", "acme.t"),
        ("drop operator acme.+ (int, int)", "acme.+"),
        ("drop schema if exists acme cascade", "acme"),
        ("comment on table acme.t is 'a.b'", "acme.t"),
        ("comment on column acme.t.c is null", "acme.t.c"),
        ("comment on constraint c on domain acme.d is ''", "acme.d"),
        ("comment on schema acme is ''", "acme"),
        ("security label for p on table acme.t is ''", "acme.t"),
        ("select 1 as a into acme.t from b", "acme.t"),
    ] {
        check(text, &[&format!("{expected}!")]);
    }
}

#[test]
fn what_is_read_or_written_is_named() {
    for text in [
        "insert into acme.t (a, b) values (1, 2)",
        "insert into acme.t as u (a) select a from b on conflict (a) do update set a = excluded.a, b = u.b",
        "update acme.t set a = b.c",
        "update only acme.t set a = 1",
        "delete from acme.t where b.c",
        "truncate acme.t restart identity",
        "select a.b, c.* from acme.t a, b c where a.x = c.y",
        "select * from (a natural join acme.t)",
        "select 1 from a join lateral acme.f(a.b) on true",
        "select 1 from only (acme.t)",
        "select 1 from a tablesample acme.m(1)",
        "table acme.t",
        "copy acme.t (a, b) from '/x.y'",
        "copy (select * from acme.t) to '/x.y'",
        "grant select, update (a) on acme.t to public",
        "revoke all on all tables in schema acme from r",
        "grant usage on schema acme to r",
        "alter default privileges for role r in schema acme grant select on tables to q",
        "lock table only acme.t in share mode",
        "refresh materialized view concurrently acme.v with no data",
        "cluster verbose acme.t using i",
        "reindex (verbose) table acme.t",
        "reindex schema acme",
        "analyze (verbose) acme.t (a, b)",
        "vacuum full acme.t",
        "call acme.p(a => 1)",
        "merge into t using acme.u u on t.a = u.a when matched then update set a = u.a, b = u.b",
        "create table t (like acme.u including all)",
        "create table t partition of acme.t for values in (1)",
        "create table t of acme.ty",
        "create table t () inherits (acme.u)",
        "create table t (a int references acme.u (id))",
        "create table t (a int, foreign key (a) references acme.u on delete cascade)",
        "create table t (a int default acme.f())",
        "create table t (a text collate acme.c)",
        "create table t (a int, b acme.status not null)",
        "create table t (type acme.status[])",
        "create table t (\"like\" acme.status)",
        "alter table t add column if not exists a acme.status",
        "alter table t add a acme.status",
        "alter table t alter column a set data type acme.status using a::text",
        "alter table t add constraint c foreign key (a) references acme.u",
        "alter table t no inherit acme.u",
        "alter table t replica identity full, add exclude using gist (a with operator(acme.=))",
        "alter sequence s owned by acme.t.c",
        "alter type t add attribute a acme.status, alter attribute b type int",
        "create type t as (a int, b acme.status)",
        "create type t as range (subtype = acme.status)",
        "create domain d acme.status",
        "create domain d as acme.status check (value <> 'a.b')",
        "create cast (acme.a as int) without function",
        "create cast (int as acme.a) with inout",
        "create index on t (a acme.ops)",
        "create trigger g before insert on t for each row when (new.a <> old.a) execute function acme.f()",
        "create function f(a int, b acme.status default x.y) returns int return 1",
        "create function f(acme.status) returns int return 1",
        "create function f() returns setof acme.t language sql as ''",
        "create function f() returns table (a int, b acme.t) language sql as ''",
        "create function f(acme.t.c%type) returns int language sql as ''",
        "create aggregate f(int) (sfunc = acme.f, stype = int)",
        "drop function f(int, acme.status), g()",
        "select a::acme.status",
        "select cast(a.b as acme.status)",
        "select acme.status 'active'",
        "select acme.f(a.b, c.d)",
        "select a.b operator(acme.+) c.d",
        "select extract(year from (select max(a.b) from acme.t a))",
        "select 1 from a where b is not distinct from (table acme.t)",
        "with acme as (delete from a using acme.t, b where a.x = b.y returning b.y) select acme.y from acme",
        "select 1 from (select a.b, c.d from a, c) x, acme.t",
        "select array[a.b, c.d] from a join b on a.x = any(array[a.y, b.z]), acme.t",
        "select 1 from a union select a.b, c.d from acme.t c, d order by a.b, c.d",
        "create view v as select a.b from acme.t a",
        "create policy p on t using (exists (select from acme.t u where u.id = t.id))",
    ] {
        let statements = split(text).unwrap();
        let found: Vec<SchemaName> = statements.iter().flat_map(schema_names).collect();
        let [name] = found.as_slice() else {
            panic!("{text}: {found:?}");
        };
        assert_eq!(
            (name.schema.as_str(), name.role),
            ("acme", Role::Named),
            "{text}"
        );
    }
}

#[test]
fn every_name_of_a_list_counts() {
    check(
        "drop table a.x, y, b.\"Y.z\" cascade",
        &["a.x!", "b.\"Y.z\"!"],
    );
    check("drop schema a, \"B\"", &["a!", "\"B\"!"]);
    check(
        "drop function a.f(int, b.t), c.g(d.t)",
        &["a.f!", "b.t", "c.g!", "d.t"],
    );
    check("truncate a.x, only b.y, z", &["a.x", "b.y"]);
    check("lock a.x, b.y", &["a.x", "b.y"]);
    check("vacuum a.x (c, d), b.y", &["a.x", "b.y"]);
    check("grant select on table a.x, b.y to r, s", &["a.x", "b.y"]);
    check("grant usage on schema a, b to r, s", &["a", "b"]);
    check(
        "revoke select, insert on all tables in schema a, b from r, s cascade",
        &["a", "b"],
    );
    check(
        "alter default privileges in schema a, b grant select, insert on tables to r, s",
        &["a", "b"],
    );
    check(
        "grant execute on function a.f(b.t), c.g() to r",
        &["a.f", "b.t", "c.g"],
    );
    check(
        "select from a.x, b.y u, lateral c.f(u.z) v, only d.z",
        &["a.x", "b.y", "c.f", "d.z"],
    );
    check(
        "select from a.x u join b.y v on u.i = v.i, c.z where u.i in (v.i, 1)",
        &["a.x", "b.y", "c.z"],
    );
    check("create table t () inherits (a.x, b.y)", &["a.x", "b.y"]);
    check(
        "create table a.t (x b.x, y int, constraint c check (t.x > t.y), z d.z default e.f(), like f.t, \
         foreign key (x, y) references g.t (i, j))",
        &["a.t!", "b.x", "d.z", "e.f", "f.t", "g.t"],
    );
    check(
        "create function a.f(inout x b.t, y c.t = d.g(), variadic e.t[]) returns f.t as 'a.x' language sql",
        &["a.f!", "b.t", "c.t", "d.g", "e.t", "f.t"],
    );
    check(
        "create function a.f(i int) returns int begin atomic insert into b.t values (1); select u.i from c.t u; end",
        &["a.f!", "b.t", "c.t"],
    );
    check(
        "alter table a.t rename to u; drop view b.v",
        &["a.t!", "b.v!"],
    );
    check(
        "create rule r as on update to t do also (insert into a.x values (new.i, old.i); delete from b.y)",
        &["a.x", "b.y"],
    );
}

#[test]
fn an_alias_is_no_schema() {
    for text in [
        "select u.id, u.*, count(u.*), (u.address).city from users u where u.id = $1",
        "select orders.total from orders order by orders.total, orders.id limit 1",
        "insert into t values (1) on conflict (id) do update set total = excluded.total, n = t.n + 1",
        "update t set a.b = u.c, d = u.e from users u where t.id = u.id returning t.a, u.b",
        "delete from t using users u where u.id = t.id and u.a is distinct from t.a",
        "select extract(epoch from u.at), substring(u.a from u.b for u.c), trim(both ' ' from u.a) from u",
        "select overlay(u.a placing 'x' from u.b), u.a is not distinct from u.b, position(u.a in u.b) from u",
        "with acme as (select 1 as id) select acme.id from acme join t on t.id = acme.id",
        "with acme as materialized (select u.id from u) select acme.id from acme for update of acme",
        "select case when a.b then c.d else e.f end, row(a.b, c.d), array[a.b, c.d] from a, c, e",
        "select a.b as c, not a.b, a.b in (a.c), a.b between a.c and a.d, a.b like a.c, a.b::text from a",
        "select sum(a.b) over (partition by a.c order by a.d) from a group by a.c, a.d having a.e",
        "select type, a.b, update, of, a.c from a join b using (id) where schema = a.d",
        "select from a join b on schema is not null, c",
        "create view v as select a.b from a",
        "create trigger g before update on t for each row when (new.email is distinct from old.email) execute function f()",
        "create index on t ((t.a), lower(t.b)) where t.c > 1",
        "create policy p on t using (t.owner = current_user) with check (t.a)",
        "create rule r as on update to t do also insert into u values (new.a, old.b)",
        "create table t (a int check (t.a > 0), b int generated always as (t.a + 1) stored)",
        "create table t (a int) with (toast.autovacuum_enabled = off)",
        "alter table t set (toast.autovacuum_enabled = off)",
        "alter table t alter a type int using t.a::int, add check (t.a > 1)",
        "comment on column t.c is 'x'",
        "create sequence s owned by t.c",
        "set app.tenant = 'x'",
        "alter function f() set app.x = 'y'",
        "select current_setting('app.tenant'), 'acme.users', $$acme.users$$, e'acme.x'::text",
        "select \"acme.users\".id from \"acme.users\", \"a.b\" -- from acme.users\n/* join acme.t */",
        "grant acme to r",
        "create extension citext",
        "drop owned by acme",
        "create role acme",
        "merge into t using u on t.a = u.a when not matched then insert (a, b) values (u.a, u.b)",
        "select",
        "create",
        "create table t (",
        "update \"\".x set",
    ] {
        check(text, &[]);
    }
}

#[test]
fn names_are_read_as_postgresql_stores_them() {
    let schema = |text: &str| {
        let statements = split(text).unwrap();
        let names = schema_names(&statements[0]);
        names
            .into_iter()
            .map(|name| name.schema)
            .collect::<Vec<_>>()
    };
    assert_eq!(schema("select from ACME.T"), ["acme"]);
    assert_eq!(schema("select from \"Ac\"\"me\" . t"), ["Ac\"me"]);
    assert_eq!(schema("select from \"a.b\".\"c.d\""), ["a.b"]);
    assert_eq!(schema("select from größe/* . */./* x */t"), ["größe"]);
    assert_eq!(schema("select from db.acme.t"), ["acme"]);
    assert_eq!(schema("select from U&\"\\0061cme\".t"), ["acme"]);
    check("select 'ü' from db.\"Größe\".t, x", &["\"Größe\".t"]);
}

#[test]
fn a_string_may_hold_a_name() {
    check("select 'acme.users'::regclass", &["'acme.users'"]);
    check(
        "select '\"A.b\".users'::pg_catalog.regclass",
        &["'\"A.b\".users'", "pg_catalog.regclass"],
    );
    check(
        "select cast('acme.f' as regproc), regtype 'acme.t'",
        &["'acme.f'", "'acme.t'"],
    );
    check(
        "select nextval('acme.s'), setval(E'acme.s', 1)",
        &["'acme.s'", "E'acme.s'"],
    );
    check(
        "create table t (a int default nextval('acme.s'::regclass))",
        &["'acme.s'"],
    );
    check(
        "select to_regclass('acme.t'), x.currval('acme.s')",
        &["'acme.t'", "x.currval", "'acme.s'"],
    );
    check("select 'acme'::regnamespace", &["'acme'"]);
    check(
        "select 'users'::regclass, nextval('s'), f('acme.t'), ''::regclass",
        &[],
    );
}

#[test]
fn bodies_are_read_too() {
    check(
        "do $$ declare u acme.users; v users.id%type; w acme.users.id%type; x constant acme.t%rowtype := f(u.id); \
         begin \
         select a.b, c.d into u.id, u.name from acme.t a, c; \
         if new.a > old.b then create table acme.made (); else drop table acme.gone; end if; \
         for r in select a.b from acme.t a loop update acme.t set a = r.b, c = r.d; end loop; \
         perform acme.f(u.id); raise notice '%', u.id using hint = u.a; \
         execute 'insert into acme.t values ($1, $2)' using u.a, u.b; \
         execute format($q$truncate %I.x, acme.y$q$, u.b) into u.a; \
         end $$",
        &[
            "acme.users",
            "acme.users.id",
            "acme.t",
            "acme.t",
            "acme.made!",
            "acme.gone!",
            "acme.t",
            "acme.t",
            "acme.f",
            "'insert into acme.t values ($1, $2)'",
            "acme.y",
        ],
    );
    check(
        "create function f() returns trigger language plpgsql as $$ begin \
         create table if not exists acme.t (); new.a = old.b; return new; end $$",
        &["acme.t"],
    );
    check(
        "create function f() returns int as 'select ''x'' from acme.t u where u.id = 1' language sql",
        &["'select ''x'' from acme.t u where u.id = 1'"],
    );
    check(
        "create function f() returns int language plperl as $$ select 1 from acme.t $$",
        &[],
    );
}
