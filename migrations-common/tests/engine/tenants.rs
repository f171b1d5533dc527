//! Tenants from a server: what it answers is believed as a whole or not at all.

use migrations_common::config::Text;
use migrations_common::connect::Parameters;
use migrations_common::interrupt::Interrupt;
use migrations_common::placeholder::Values;
use migrations_common::problem::{Kind, Place};
use migrations_common::report::Signal;
use migrations_common::tenants::{
    Asking, Pattern, Query, Source, Tenant, What, list, may_be_made_later,
};
use migrations_common::{Environment, Problem, Problems, Secret};

use crate::support::TestDatabase;

/// `value` as a config has it.
fn text(value: &str) -> Text {
    let file = format!("[databases.core]\ntenants = {{ query = \"{value}\" }}");
    let start = file.find('"').expect("a string");
    let span = start..start + value.len() + 2;
    Text {
        value: value.to_owned(),
        place: Place::new("apps/app3/migrations.toml", file, span),
    }
}

fn parameters(url: &str) -> Parameters {
    Parameters::from_url(url, &Environment::default()).expect("valid")
}

fn ask(source: &Source, urls: bool, interrupt: &Interrupt) -> Result<Vec<Tenant>, Problems> {
    let values = Values::from([("region".to_owned(), "e'u".to_owned())]);
    let asking = Asking {
        app: "app3",
        values: &values,
        urls,
        interrupt,
    };
    list(source, &asking)
}

fn query_at(parameters: Parameters, sql: &str) -> Source {
    Source::Query(Query {
        sql: text(sql),
        parameters,
        on: "app3/core".to_owned(),
    })
}

/// What `sql` lists where tenants may have URLs.
fn query(place: &TestDatabase, sql: &str) -> Result<Vec<Tenant>, Problems> {
    let source = query_at(parameters(&place.url()), sql);
    ask(&source, true, &Interrupt::default())
}

fn names(tenants: Result<Vec<Tenant>, Problems>) -> Vec<String> {
    let tenants = tenants.expect("tenants");
    tenants.into_iter().map(|tenant| tenant.name).collect()
}

fn only(result: Result<Vec<Tenant>, Problems>) -> Problem {
    let Problems(problems) = result.expect_err("must fail");
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].clone()
}

/// What the first place of `problem` points at.
fn pointed(problem: &Problem) -> &str {
    let place = &problem.places[0];
    &place.text[place.span.clone()]
}

#[test]
fn a_query_lists_names_in_its_order() {
    let place = TestDatabase::new();
    place.run("create table tenants (name text, region text); insert into tenants values ('b', 'e''u'), ('a', 'e''u'), ('c', 'us')");
    let tenants = query(
        &place,
        "select name from tenants where region = ${region:literal} order by 1 desc; -- all",
    );
    let tenants = tenants.expect("tenants");
    assert_eq!(tenants[1].origin.to_string(), "row 2 of the query");
    assert_eq!(names(Ok(tenants)), ["b", "a"]);
    assert_eq!(
        names(query(&place, "table tenants limit 0")),
        [""; 0],
        "none is a list too"
    );
}

#[test]
fn a_query_may_give_urls() {
    let place = TestDatabase::new();
    let sql = "values ('a', 'postgres://u:hunter2@h'), ('b', null), ('c', '')";
    let tenants = query(&place, sql).expect("tenants");
    let urls: Vec<Option<&str>> = tenants
        .iter()
        .map(|tenant| tenant.url.as_ref().map(Secret::expose))
        .collect();
    assert_eq!(urls, [Some("postgres://u:hunter2@h"), None, None]);
    assert!(!format!("{tenants:?}").contains("hunter2"));
}

#[test]
fn a_url_that_the_server_repeats_is_not_shown() {
    let place = TestDatabase::new();
    place.run("create table tenants (name text, url text); insert into tenants values ('a', 'postgres://u:hunter2@h')");
    let problem = only(query(&place, "select name, url::int::text from tenants"));
    assert!(
        problem.message.ends_with("integer: \"postgres://***"),
        "{problem}"
    );
    place.run(
        "create function says(url text) returns text language plpgsql as \
         $$ begin raise exception 'no' using detail = 'it was ' || url; end $$",
    );
    let problem = only(query(&place, "select name, says(url) from tenants"));
    assert_eq!(problem.notes[0], "it was postgres://***");
}

#[test]
fn every_bad_row_is_named_and_none_is_run() {
    let place = TestDatabase::new();
    place.run(
        "create table keep (); create table tenants (id int, name text); insert into tenants values \
         (1, 'acme'), (2, null), (3, ''), (4, '$user'), (5, 'acme'), (6, repeat('ü', 32)), (7, 'pg_x'), \
         (8, E'a\\nb'), (9, 'x\"; drop table keep; --'), (10, 'information_schema')",
    );
    let problems = query(&place, "select name from tenants order by id").expect_err("refused");
    let rows: Vec<String> = problems
        .0
        .iter()
        .map(|problem| {
            assert_eq!(problem.kind, Kind::Config);
            assert_eq!(pointed(problem), "\"select name from tenants order by id\"");
            let row = problem.message.split(" of the query").next();
            format!("{} {}", problem.code, row.unwrap_or_default())
        })
        .collect();
    assert_eq!(
        rows,
        [
            "tenant-name row 2",
            "tenant-name row 3",
            "tenant-name row 4",
            "duplicate-tenant row 5",
            "tenant-name row 6",
            "tenant-name row 7",
            "tenant-name row 8",
            "tenant-name row 10",
        ]
    );
    assert!(place.has("keep"));
}

#[test]
fn hostile_names_arrive_as_they_are() {
    let place = TestDatabase::new();
    let hostile = [
        "x\"; drop table keep; --",
        "'; drop table keep; --",
        r"back\slash",
        "Größe 東京",
        "  ",
        "${region}",
        "select",
    ];
    let values: Vec<String> = hostile
        .iter()
        .map(|name| format!("('{}')", name.replace('\'', "''")))
        .collect();
    place.run(&format!(
        "create table tenants (id serial, name text); insert into tenants (name) values {}",
        values.join(", ")
    ));
    assert_eq!(
        names(query(&place, "select name from tenants order by id")),
        hostile
    );
}

#[test]
fn a_query_is_one_statement() {
    let place = TestDatabase::new();
    for (sql, message, at) in [
        (
            "select 'a'; drop table keep",
            "the tenants' query is 2 statements",
            "drop table keep",
        ),
        ("", "the tenants' query is empty", ""),
        (" -- select 'a'", "the tenants' query is empty", ""),
        (
            "select 'a",
            "the string that begins here has no closing `'`",
            "'",
        ),
        (
            "select 'a' where ${regoin}",
            "no placeholder `regoin`; did you mean `region`?  (placeholders: region)",
            "${regoin}",
        ),
    ] {
        let problem = only(query(&place, sql));
        assert_eq!(problem.message, message);
        assert_eq!(problem.kind, Kind::Config);
        assert_eq!(pointed(&problem), at);
        assert!(!problem.helps.is_empty());
    }
}

#[test]
fn a_query_has_the_columns_that_are_wanted() {
    let place = TestDatabase::new();
    for (sql, urls, expected) in [
        (
            "select 'a', 'b', 'c'",
            true,
            "gives 3 columns, not a name, and a URL if there is one",
        ),
        (
            "select",
            true,
            "gives no column, not a name, and a URL if there is one",
        ),
        (
            "set work_mem = '1MB'",
            true,
            "gives no column, not a name, and a URL if there is one",
        ),
        (
            "select 'a', 'b' where false",
            false,
            "gives 2 columns, not the name of a schema",
        ),
    ] {
        let source = query_at(parameters(&place.url()), sql);
        let problem = only(ask(&source, urls, &Interrupt::default()));
        assert_eq!(problem.message, format!("the tenants' query {expected}"));
        assert_eq!(
            (problem.kind, problem.code),
            (Kind::Config, "tenants-query")
        );
    }
}

#[test]
fn what_is_not_there_may_be_made_later() {
    let place = TestDatabase::new();
    place.run("create table tenants (name text)");
    for (sql, at, later) in [
        ("select 'é', name from ${region}.x", "${region}", true),
        ("select 'é', name from nobody", "nobody", true),
        ("select nobody.tenants()", "nobody", true),
        ("select nam from tenants", "nam", true),
        ("selec name from tenants", "selec", false),
        ("select 1 / 0", "\"select 1 / 0\"", false),
        ("create table x ()", "\"create table x ()\"", false),
    ] {
        let problem = only(query(&place, sql));
        assert_eq!(
            (problem.kind, problem.code),
            (Kind::Failed, "tenants-query"),
            "{problem}"
        );
        assert!(
            problem
                .message
                .starts_with("the tenants' query failed on app3/core: "),
            "{problem}"
        );
        assert_eq!(pointed(&problem), at, "{problem}");
        assert_eq!(may_be_made_later(&problem), later, "{problem}");
    }
    let nowhere = parameters(&place.url()).with_database("not_there_yet");
    let problem = only(ask(
        &query_at(nowhere, "select 1"),
        false,
        &Interrupt::default(),
    ));
    assert!(may_be_made_later(&problem), "{problem:?}");
    let unreachable = parameters("postgres://u@127.0.0.1:1/x");
    let problem = only(ask(
        &query_at(unreachable, "select 1"),
        false,
        &Interrupt::default(),
    ));
    assert_eq!(problem.kind, Kind::Connect);
    assert!(!may_be_made_later(&problem));
}

#[test]
fn a_query_changes_nothing() {
    let place = TestDatabase::new();
    place.run(
        "create table log (t text); create sequence s; \
         create function noting() returns text language sql as $$ insert into log values ('x') returning t $$",
    );
    let problem = only(query(&place, "select noting()"));
    assert_eq!(problem.sqlstate.as_deref(), Some("25006"));
    assert_eq!(place.value("select count(*) from log"), "0");
    assert_eq!(
        names(query(
            &place,
            "select set_config('application_name', 'left', false)"
        )),
        ["left"]
    );
}

#[test]
fn a_query_has_limits_and_the_servers_search_path() {
    let place = TestDatabase::new();
    place.run(&format!(
        "create schema ext; alter database {} set search_path = ext, public",
        place.name
    ));
    let sql = "select current_setting('lock_timeout') || ' ' || current_setting('statement_timeout') \
               || ' ' || current_setting('transaction_read_only') || ' ' || current_setting('search_path') \
               || ' ' || current_setting('application_name')";
    assert_eq!(
        names(query(&place, sql)),
        ["5s 1min on ext, public migrations app3"]
    );
}

#[test]
fn a_query_that_waits_for_a_lock_gives_up() {
    let place = TestDatabase::new();
    place.run("create table tenants (name text)");
    let mut other = place.client();
    other
        .batch_execute("begin; lock table tenants in access exclusive mode")
        .expect("locked");
    let problem = only(query(&place, "select name from tenants"));
    assert_eq!(problem.sqlstate.as_deref(), Some("55P03"));
    assert!(!may_be_made_later(&problem));
}

#[test]
fn bytes_that_are_no_text_are_a_bad_row() {
    let place = TestDatabase::new();
    let latin = "where set_config('client_encoding', 'latin1', true) is not null";
    let message = |columns| {
        let result = query(&place, &format!("select {columns} {latin}"));
        only(result).message.clone()
    };
    assert_eq!(message("'é'"), "row 1 of the query: the name is not UTF-8");
    assert_eq!(
        message("'a', 'é'"),
        "row 1 of the query: the URL is not UTF-8"
    );
}

#[test]
fn an_interrupt_is_no_failure() {
    let place = TestDatabase::new();
    let interrupt = Interrupt::default();
    let source = query_at(parameters(&place.url()), "select pg_sleep(600)::text");
    let asked = std::thread::spawn({
        let interrupt = interrupt.clone();
        move || ask(&source, true, &interrupt)
    });
    place.wait_until("exists (select from pg_stat_activity where datname = current_database() and query like 'select pg_sleep%')");
    interrupt.request(Signal::Interrupt);
    interrupt.cancel_running();
    let problem = only(asked.join().expect("ended"));
    assert_eq!(problem.kind, Kind::Interrupted);
    let problem = only(ask(
        &query_at(parameters("postgres://u@127.0.0.1:1/x"), "select 1"),
        true,
        &interrupt,
    ));
    assert_eq!(problem.kind, Kind::Interrupted);
}

fn pattern(place: &TestDatabase, pattern: &str, what: What) -> Result<Vec<Tenant>, Problems> {
    let source = Source::Pattern(Pattern {
        pattern: text(pattern),
        parameters: parameters(&place.url()),
        what,
    });
    ask(&source, false, &Interrupt::default())
}

#[test]
fn a_pattern_finds_schemas() {
    let place = TestDatabase::new();
    for schema in ["t_b", "t_a", "t_B", "t_é", "txa", "t'\"%", r"t\x", "pgacme"] {
        place.run(&format!(
            "create schema \"{}\"",
            schema.replace('"', "\"\"")
        ));
    }
    let found = |wanted| names(pattern(&place, wanted, What::Schemas));
    assert_eq!(found("t_%"), ["t_B", "t_a", "t_b", "t_é"]);
    assert_eq!(found(r"t\%"), [r"t\x"]);
    assert_eq!(found("t'\"%"), ["t'\"%"]);
    assert_eq!(found("t_a"), ["t_a"]);
    assert_eq!(found("%a"), ["t_a", "txa"]);
    assert_eq!(found("nobody%"), [""; 0]);
    assert_eq!(
        found("%").len(),
        9,
        "ours and public, and none of PostgreSQL's own"
    );
    let tenants = pattern(&place, "t_%", What::Schemas).expect("tenants");
    assert_eq!(
        tenants[2].origin.to_string(),
        "row 3 of the schemas like `t_%`"
    );

    place.run("create schema \"$user\"");
    let problem = only(pattern(&place, "$%", What::Schemas));
    assert!(
        problem
            .message
            .starts_with("row 1 of the schemas like `$%`: the name `$user`"),
        "{problem}"
    );
}

#[test]
fn a_pattern_is_matched_whatever_the_search_path_and_the_strings_are() {
    let place = TestDatabase::new();
    place.run(&format!(
        "create schema a_b; create schema mine; create view mine.pg_namespace as select 'a_c'::name as nspname; \
         create function mine.same(name, text) returns bool language sql as 'select true'; \
         create operator mine.~~ (leftarg = name, rightarg = text, function = mine.same); \
         alter database {0} set search_path = mine, pg_catalog; alter database {0} set standard_conforming_strings = off",
        place.name
    ));
    assert_eq!(names(pattern(&place, "a_%", What::Schemas)), ["a_b"]);
}

#[test]
fn a_pattern_finds_databases() {
    let place = TestDatabase::new();
    let name = |suffix: &str| format!("{}_{suffix}", place.name);
    for suffix in ["b", "a", "closed", "template"] {
        place.run(&format!("create database {}", name(suffix)));
    }
    place.run(&format!(
        "alter database {} allow_connections false; alter database {} is_template true",
        name("closed"),
        name("template")
    ));
    let found = names(pattern(&place, &name("%"), What::Databases));
    assert_eq!(found, [name("a"), name("b")]);
    let exact = names(pattern(&place, &place.name, What::Databases));
    assert_eq!(exact, [place.name.as_str()]);
}
