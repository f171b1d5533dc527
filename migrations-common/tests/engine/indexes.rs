//! CREATE INDEX CONCURRENTLY on a database where an index of that name may be there already.

use migrations_common::event::Event;
use migrations_common::report::Report;

use crate::support::{Recorder, TestDatabase, app, applied, problem, target};

const TABLE: &str = "create table t (a int, b text, c text collate \"C\"); create table u (a int)";

fn run(text: &str, place: &TestDatabase) -> (Recorder, Report) {
    let shop = app(
        "shop",
        "",
        &[(
            "V1__a.sql",
            &format!("-- migration: no-transaction\n{text}"),
        )],
    );
    let recorder = Recorder::new();
    let report = recorder.migrate(&[target(&shop, place)]);
    (recorder, report)
}

fn index(place: &TestDatabase) -> String {
    place.value("select 'i'::regclass::oid")
}

/// A build that fails leaves the index INVALID.
fn leave_invalid(place: &TestDatabase, table: &str) {
    place.run(&format!("insert into {table} (a) values (1), (1)"));
    place
        .client()
        .batch_execute(&format!(
            "create unique index concurrently i on {table} (a)"
        ))
        .expect_err("not unique");
    place.run(&format!("delete from {table}"));
    assert_eq!(
        place.value("select indisvalid from pg_index where indexrelid = 'i'::regclass"),
        "false"
    );
}

fn is_valid(place: &TestDatabase) -> bool {
    place.value("select indisvalid and indisready from pg_index where indexrelid = 'i'::regclass")
        == "true"
}

#[test]
fn a_build_that_failed_is_taken_away_by_the_next_run() {
    let place = TestDatabase::new();
    place.run(&format!("{TABLE}; insert into t (a) values (1), (1)"));
    let file = "create unique index concurrently i on t (a)";
    let (_, failed) = run(file, &place);
    assert_eq!(problem(&failed).sqlstate.as_deref(), Some("23505"));
    assert_eq!(place.history("shop"), "none");
    let leftover = index(&place);
    place.run("delete from t");
    let (recorder, report) = run(file, &place);
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert!(is_valid(&place) && index(&place) != leftover);
    let tells = |event: &Event| matches!(event, Event::Notice { message, .. } if message.contains("INVALID"));
    assert!(recorder.saw(tells));
}

#[test]
fn a_dead_index_is_no_success_of_if_not_exists() {
    for file in [
        "create unique index concurrently if not exists i on t (a)",
        "set search_path = elsewhere; create unique index concurrently if not exists i on public.t (a)",
        "-- migration: idempotent\ncreate unique index concurrently if not exists i on t (a)",
    ] {
        let place = TestDatabase::new();
        place.run(TABLE);
        leave_invalid(&place, "t");
        let (_, report) = run(file, &place);
        assert_eq!(applied(&report), [1], "{report:#?}");
        assert!(is_valid(&place), "{file}");
    }
}

/// Whether the index that `there` makes is taken for the one that `wanted` makes.
fn check(there: &str, wanted: &str, same: bool) {
    let place = TestDatabase::new();
    place.run(&format!("{TABLE}; {there}"));
    let before = index(&place);
    let (_, report) = run(wanted, &place);
    if same {
        assert_eq!(applied(&report), [1], "{there} / {wanted}: {report:#?}");
    } else {
        let problem = problem(&report);
        assert!(
            problem
                .message
                .contains("the index \"i\" is there, with another definition"),
            "{there} / {wanted}: {problem:#?}"
        );
        assert_eq!(problem.places[0].line_column().0, 2);
        assert_eq!(place.history("shop"), "none");
    }
    assert_eq!(index(&place), before, "{there} / {wanted}");
}

#[test]
fn a_valid_index_of_the_same_definition_is_done() {
    check(
        "create index i on t (a)",
        "create index concurrently i on t (a)",
        true,
    );
    check(
        "create index i on t (a)",
        "create index concurrently if not exists i on public.t using btree (a asc nulls last)",
        true,
    );
    check(
        "create unique index i on t (lower(b), a desc) include (c) with (fillfactor = 70) where a > 0",
        "CREATE UNIQUE INDEX CONCURRENTLY \"i\" ON t (lower((b)::text), a DESC NULLS FIRST) INCLUDE (c) \
         WITH (fillfactor='70') WHERE (a > 0)",
        true,
    );
}

#[test]
fn a_valid_index_of_another_definition_is_in_the_way() {
    for (there, wanted) in [
        (
            "create index i on t (a)",
            "create index concurrently i on t (b)",
        ),
        (
            "create index i on t (a)",
            "create index concurrently if not exists i on t (b)",
        ),
        (
            "create index i on t (a)",
            "create unique index concurrently i on t (a)",
        ),
        (
            "create index i on t (a)",
            "create index concurrently i on t (a desc)",
        ),
        (
            "create index i on t (a)",
            "create index concurrently i on t (a, b)",
        ),
        (
            "create index i on t (a)",
            "create index concurrently i on t (a) include (b)",
        ),
        (
            "create index i on t (a)",
            "create index concurrently i on t (a) where a > 0",
        ),
        (
            "create index i on t (a)",
            "create index concurrently i on t using hash (a)",
        ),
        (
            "create index i on t (a)",
            "create index concurrently i on t (a) with (fillfactor = 70)",
        ),
        (
            "create index i on t (b)",
            "create index concurrently i on t (b collate \"C\")",
        ),
        (
            "create index i on t (b)",
            "create index concurrently i on t (b text_pattern_ops)",
        ),
        (
            "create unique index i on t (a)",
            "create unique index concurrently i on t (a) nulls not distinct",
        ),
    ] {
        check(there, wanted, false);
    }
}

#[test]
fn an_index_of_another_table_is_in_the_way() {
    for leftover in [false, true] {
        let place = TestDatabase::new();
        place.run(TABLE);
        if leftover {
            leave_invalid(&place, "u");
        } else {
            place.run("create index i on u (a)");
        }
        let before = index(&place);
        let (_, report) = run("create index concurrently if not exists i on t (a)", &place);
        assert!(
            problem(&report).message.contains("on another table"),
            "{report:#?}"
        );
        assert_eq!(index(&place), before);
    }
}

/// Another session's build is INVALID too, until it ends.
#[test]
fn an_index_that_somebody_builds_is_not_dropped() {
    let place = TestDatabase::new();
    place.run(TABLE);
    let mut old = place.client();
    old.batch_execute(
        "begin isolation level repeatable read; create table unrelated (); select from pg_class",
    )
    .expect("runs");
    let mut builder = place.client();
    let build =
        std::thread::spawn(move || builder.batch_execute("create index concurrently i on t (a)"));
    place.wait_until(
        "exists (select from pg_stat_progress_create_index where phase like 'waiting%')",
    );
    // A run that dropped it would wait for ever: for the build, which waits for us.
    let (_, report) = run(
        "-- migration: statement-timeout 20s\ncreate index concurrently i on t (a)",
        &place,
    );
    assert!(
        problem(&report)
            .message
            .contains("another session is building"),
        "{report:#?}"
    );
    drop(old);
    build.join().expect("ends").expect("builds");
    assert!(is_valid(&place));
}

/// An index of a partitioned table is INVALID by design until each partition has its own.
#[test]
fn an_index_only_on_a_partitioned_table_is_no_leftover() {
    let place = TestDatabase::new();
    place.run(
        "create table p (a int) partition by range (a); \
         create table p1 partition of p for values from (0) to (10); create index i on only p (a)",
    );
    let before = index(&place);
    let (_, report) = run(
        "create index if not exists i on only p (a);\ncreate index concurrently i1 on p1 (a);\n\
         -- the last one makes it valid\n",
        &place,
    );
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert_eq!(index(&place), before);
}
