use super::*;
use crate::placeholder::{Values, render};
use crate::sql::split;

/// `public` is the global track's, `stage` another of the database's, `extensions` is searched.
fn allowed() -> Allowed {
    let text = "[databases.core]\npath = \"sql/core\"\nschemas = [\"public\", \"stage\"]\nsearch_path = [\"extensions\"]";
    let config = crate::config::Config::parse("app3", &Source::new("migrations.toml", text));
    Allowed::of(&config.unwrap().databases[0])
}

fn problems_of(text: &str) -> (Vec<Finding>, Vec<Problem>) {
    let source = Source::new("V1__x.sql", text);
    let (directives, wrong) = Directives::parse(&source);
    assert!(wrong.is_empty(), "{wrong:?}");
    let values = [
        ("schema", "acme"),
        ("tenant", "acme"),
        ("common", "public"),
        ("other", "initech"),
    ];
    let values: Values = values.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let rendered = if directives.placeholders {
        render(&source, &values).unwrap()
    } else {
        Rendered::verbatim(text)
    };
    let statements = split(&rendered.text).unwrap();
    (
        findings(&source, &rendered, &statements, &allowed()),
        problems(&source, &directives, &rendered, &statements, &allowed()),
    )
}

/// What is found, each as its mistake and what the file has there.
#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let (findings, _) = problems_of(text);
    let found: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| {
            let mistake = match finding.mistake {
                Mistake::Foreign(_) => "foreign",
                Mistake::Shared(_) => "shared",
                Mistake::SearchPath(_) => "search_path",
            };
            (mistake, &text[finding.span.clone()])
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn a_schema_that_is_not_declared_is_foreign_wherever_it_stands() {
    check("create table acme.t ()", &[("foreign", "acme.t")]);
    check("-- é\nselect 1 from Acme.T", &[("foreign", "Acme.T")]);
    check(
        "insert into \"Public\".t values (1)",
        &[("foreign", "\"Public\".t")],
    );
    check("create schema acme", &[("foreign", "acme")]);
    check(
        "do 'begin delete from acme.t; delete from acme.u; end'",
        &[(
            "foreign",
            "'begin delete from acme.t; delete from acme.u; end'",
        )],
    );
    check("select 'acme.t'::regclass", &[("foreign", "'acme.t'")]);
    check(
        "do $$ begin update acme.t set a = u.b from users u; end $$",
        &[("foreign", "acme.t")],
    );
}

#[test]
fn a_declared_schema_may_be_used_and_not_changed() {
    check(
        "create table public.t (a int references public.u, b extensions.citext, c stage.mood default stage.f())",
        &[("shared", "public.t")],
    );
    check("insert into public.t select from stage.u", &[]);
    check("truncate public.t", &[]);
    check("grant select on public.t to r", &[]);
    check(
        "create trigger g after insert on public.t for each row execute function f()",
        &[("shared", "public.t")],
    );
    check(
        "create table if not exists stage.t ()",
        &[("shared", "stage.t")],
    );
    check("drop schema stage", &[("shared", "stage")]);
    check(
        "create extension if not exists citext schema extensions",
        &[("shared", "extensions")],
    );
    check(
        "do $$ begin drop table public.t; end $$",
        &[("shared", "public.t")],
    );
    check(
        "create function f() returns void language plpgsql as $$ begin drop table public.t; end $$",
        &[],
    );
}

#[test]
fn what_is_postgresqls_own_is_free() {
    check(
        "create table pg_temp.t as select pg_catalog.now() from information_schema.tables",
        &[],
    );
}

#[test]
fn a_placeholder_is_no_hard_coded_schema() {
    let header = "-- migration: placeholders\n";
    for (text, expected) in [
        ("create table ${schema}.t (a ${tenant}.mood)", &[][..]),
        (
            "alter table \"acme\".t add b int",
            &[("foreign", "\"acme\".t")],
        ),
        (
            "select from ${schema}.t, ${other}.u, acme.v, acme.${other}",
            &[("foreign", "acme.v"), ("foreign", "acme.${other}")],
        ),
        ("create table ${common}.t ()", &[("shared", "${common}.t")]),
        ("select from ${common}.t", &[]),
        (
            "do $$ begin drop table ${schema}.t, initech.u; end $$",
            &[("foreign", "initech.u")],
        ),
        ("create schema ${schema}", &[]),
        ("set local search_path = ${schema}, public", &[]),
        (
            "set search_path = ${common}, ${schema}",
            &[("search_path", "${common}")],
        ),
        (
            "select set_config('search_path', ${tenant:literal}, true)",
            &[],
        ),
        (
            "select $${x}, ${schema:literal} from acme.t",
            &[("foreign", "acme.t")],
        ),
    ] {
        check(&format!("{header}{text}"), expected);
    }
}

#[test]
fn without_the_directive_a_placeholder_is_not_replaced() {
    check("select from ${schema}.t, acme.t", &[("foreign", "acme.t")]);
}

#[test]
fn another_schema_must_not_come_first_in_search_path() {
    check("set search_path = public", &[("search_path", "public")]);
    check("set search_path = acme, public", &[("search_path", "acme")]);
    check(
        "select pg_catalog.set_config('search_path', '', false)",
        &[("search_path", "''")],
    );
    check("reset search_path", &[("search_path", "reset search_path")]);
    check(
        "create function f() returns int language sql set search_path = public as 'select 1'",
        &[],
    );
}

#[test]
fn one_problem_tells_of_all_places() {
    let (_, problems) = problems_of(
        "create table acme.a ();\nset search_path = acme;\ncreate table acme.b ();\ncreate table public.c ();\n\
         create table acme.d ();\ncreate table acme.e (x acme.f);\n",
    );
    let shown: Vec<String> = problems
        .iter()
        .map(|problem| {
            let lines: Vec<String> = problem
                .places
                .iter()
                .map(|place| place.line_column().0.to_string())
                .collect();
            format!(
                "{} {}: {}; {}",
                problem.code,
                lines.join(","),
                problem.message,
                problem.notes.join("; ")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "tenant-qualified-name 1,3,5: the schema `acme` is hard-coded in a migration that runs for every tenant; \
             every tenant's run would go to `acme`; 2 more places in this file",
            "tenant-search-path 2: `acme` comes before the tenant's schema in search_path; \
             unqualified names would land in `acme`, for every tenant",
            "tenant-qualified-name 4: a migration that runs for every tenant changes `public`, which they share; \
             from the second tenant on, the change is there already",
        ]
    );
}

#[test]
fn every_problem_says_what_to_do() {
    let helps = |text: &str| problems_of(text).1[0].helps.clone();
    assert_eq!(
        helps("select from acme.t"),
        [
            "write the name without its schema, or `${schema}` with `-- migration: placeholders`",
            "if all tenants share `acme`, add it to `schemas` in migrations.toml",
            "if it is meant: -- migration: allow tenant-qualified-name because …",
        ]
    );
    assert_eq!(
        helps("-- migration: placeholders\nselect from acme.t")[0],
        "write the name without its schema, or `${schema}`"
    );
    assert_eq!(
        helps("drop table public.t")[0],
        "put it into the global track: sql/core/global/"
    );
    assert_eq!(
        helps("set search_path = public")[1..],
        [
            "or begin the list with `${schema}` with `-- migration: placeholders`",
            "if it is meant: -- migration: allow tenant-search-path because …",
        ]
    );
}

#[test]
fn a_file_is_excused_from_each_rule_by_itself() {
    let codes = |allow: &str| {
        let text = format!(
            "-- migration: allow {allow} because it is a test\nselect from acme.t;\ndrop table public.t;\nset search_path = x;"
        );
        let (_, problems) = problems_of(&text);
        problems
            .iter()
            .map(|problem| problem.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(QUALIFIED_NAME), [SEARCH_PATH]);
    assert_eq!(codes(SEARCH_PATH), [QUALIFIED_NAME, QUALIFIED_NAME]);
    assert_eq!(codes("long-lock").len(), 3);
}
