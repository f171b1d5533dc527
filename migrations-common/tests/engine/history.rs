//! Reading histories: many at once, and those that nobody can read.

use migrations_common::app::App;
use migrations_common::fleet;
use migrations_common::history::{self, HistoryTable, Known};
use postgres::{Client, NoTls};

use crate::support::{Recorder, TestDatabase, app, migrate, problem, succeed, target, target_at};

const TABLE: &str = "shop_core_schema_history";

fn shop() -> App {
    app("shop", "", &[("V1__a.sql", "select 1")])
}

/// What a run says of a history table that `make` makes; nothing may run.
fn check(make: &str, code: &str, message: &str) {
    let place = TestDatabase::new();
    place.run(make);
    let report = migrate(&shop(), &place);
    let problem = problem(&report);
    assert_eq!(problem.code, code, "{make}: {problem:#?}");
    assert!(problem.message.contains(message), "{make}: {problem:#?}");
    assert!(!problem.helps.is_empty(), "{make}");
    assert_eq!(report.targets[0].applied.len(), 0, "{make}");
    assert_eq!(
        fleet::status(&[target(&shop(), &place)], &[], &Recorder::new().context).targets[0].state,
        fleet::State::Diverged
    );
}

#[test]
fn a_table_of_another_shape_is_no_history() {
    let bad = "malformed-history";
    check(
        &format!("create view {TABLE} as select 1 as version"),
        bad,
        "not a table",
    );
    check(
        &format!("create materialized view {TABLE} as select 1 as version"),
        bad,
        "not a table",
    );
    check(&format!("create sequence {TABLE}"), bad, "not a table");
    check(
        &format!("create type {TABLE} as (version int8)"),
        bad,
        "not a table",
    );
    check(
        &format!("create table other (id int); create index {TABLE} on other (id)"),
        bad,
        "not a table",
    );
    check(
        &format!(
            "create table {TABLE} (version text primary key, name text, applied_on text, checksum text)"
        ),
        bad,
        "its version column is text",
    );
    check(
        &format!(
            "create table {TABLE} (version int8 primary key, name text, installed timestamptz)"
        ),
        bad,
        "it has no column applied_on, checksum",
    );
}

#[test]
fn a_row_that_nobody_of_us_wrote_is_shown() {
    let row = |row: &str| {
        format!(
            "create table {TABLE} (version int8, name text, applied_on text, checksum text); insert into {TABLE} values {row}"
        )
    };
    let bad = "malformed-history";
    let soon = "'2026-01-01T00:00:00Z'";
    check(
        &row(&format!("(1, null, {soon}, '1')")),
        bad,
        "version 1 in \"public\".\"shop_core_schema_history\" has no name",
    );
    check(
        &row(&format!("(1, 'a', {soon}, 'abc')")),
        bad,
        "has no number in checksum: `abc`",
    );
    check(
        &row(&format!("(1, 'a', {soon}, '-1')")),
        bad,
        "has no number in checksum: `-1`",
    );
    check(
        &row(&format!("(1, 'a', {soon}, '007')")),
        bad,
        "has no number in checksum: `007`",
    );
    check(
        &row(&format!("(1, 'a', {soon}, null)")),
        bad,
        "has no number in checksum: ``",
    );
    check(
        &row("(1, 'a', '2026-01-01 00:00:00', '1')"),
        bad,
        "has no RFC 3339 time",
    );
    check(&row("(1, 'a', null, '1')"), bad, "has no RFC 3339 time");
    check(
        &row(&format!("(null, 'a', {soon}, '1')")),
        bad,
        "has no version",
    );
    check(
        &row(&format!("(1, 'a', {soon}, '1'), (1, 'a', {soon}, '1')")),
        bad,
        "is there twice",
    );
}

fn tables(count: usize) -> Vec<HistoryTable> {
    let table = |index| HistoryTable {
        schema: "public".to_owned(),
        name: format!("h{index}"),
    };
    (0..count).map(table).collect()
}

fn make(place: &TestDatabase, count: usize) {
    place.run(&format!(
        "do $$begin for i in 0..{count} - 1 loop \
           execute format('create table h%s (version int8, name text, applied_on text, checksum text)', i); \
           execute format('insert into h%s values (%s, ''a'', ''2026-01-01T00:00:00Z'', ''1'')', i, i + 1); \
         end loop; end$$"
    ));
}

#[test]
fn an_unreadable_table_hides_no_other() {
    let place = TestDatabase::new();
    let role = place.role();
    make(&place, 120);
    place.run(&format!("grant select on all tables in schema public to {role}; revoke all on h77 from {role}; drop table h5"));
    let mut client = Client::connect(&place.url_as(&role), NoTls).expect("connects");
    let found = history::read(&mut client, &tables(120)).expect("the connection holds");
    assert_eq!(found.len(), 120);
    for (index, history) in found.iter().enumerate() {
        let version = i64::try_from(index).expect("small") + 1;
        match (index, history) {
            (77, Err(problem)) => {
                assert_eq!(
                    (problem.code, problem.sqlstate.as_deref()),
                    ("unreadable-history", Some("42501"))
                );
                assert!(problem.message.contains("h77"), "{problem:#?}");
            }
            (5, Ok(history)) => assert!(history.form.is_none() && history.rows.is_empty()),
            (_, Ok(history)) => assert_eq!(history.current(), Some(version), "{index}"),
            _ => panic!("{index}: {history:#?}"),
        }
    }
}

#[test]
fn only_the_target_that_cannot_be_read_fails() {
    let place = TestDatabase::new();
    let role = place.role();
    succeed(&[("V1__a.sql", "select 1")], &place);
    let secret = app("secret", "", &[("V1__a.sql", "select 1")]);
    migrate(&secret, &place);
    place.run(&format!("grant select on {TABLE} to {role}"));
    let url = place.url_as(&role);
    let targets = [
        target_at(&secret, &url).into(),
        target_at(&shop(), &url).into(),
    ];
    let found = fleet::status(&targets, &[], &Recorder::new().context).targets;
    assert_eq!(found[0].problems[0].sqlstate.as_deref(), Some("42501"));
    assert_eq!(found[1].state, fleet::State::AtHead);
}

/// A policy that writes tells whether a look may.
#[test]
fn a_look_is_read_only() {
    let place = TestDatabase::new();
    let role = place.role();
    make(&place, 1);
    place.run(&format!(
        "create table log (id int); \
         create function writes() returns bool volatile security definer language sql begin atomic \
           insert into public.log values (1); select true; end; \
         alter table h0 enable row level security; create policy p on h0 using (writes()); \
         grant select on h0 to {role}"
    ));
    let mut client = Client::connect(&place.url_as(&role), NoTls).expect("connects");
    let read = history::read(&mut client, &tables(1)).expect("the connection holds");
    let survey = history::survey(&mut client, &tables(1), &Known::default());
    for refused in [
        read[0].as_ref().expect_err("refused"),
        survey.expect("the connection holds")[0]
            .as_ref()
            .expect_err("refused"),
    ] {
        assert_eq!(refused.sqlstate.as_deref(), Some("25006"));
    }
    assert_eq!(place.value("select count(*) from log"), "0");
}

/// Row level security can show a look what it hides from a unit.
#[test]
fn a_history_with_two_faces_ends_the_run() {
    let place = TestDatabase::new();
    let role = place.role();
    succeed(&[("V1__a.sql", "select 1")], &place);
    place.run(&format!(
        "alter table {TABLE} enable row level security; grant select on {TABLE} to {role}; \
         create policy p on {TABLE} using (current_setting('transaction_read_only') = 'on'); \
         grant create on schema public to {role}"
    ));
    let more = app(
        "shop",
        "",
        &[("V1__a.sql", "select 1"), ("V2__b.sql", "select 2")],
    );
    let report = Recorder::new().migrate(&[target_at(&more, &place.url_as(&role)).into()]);
    assert_eq!(problem(&report).code, "history-changed", "{report:#?}");
}
