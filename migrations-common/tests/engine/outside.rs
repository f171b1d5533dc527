//! Files that run outside a transaction: statement by statement, and again after a crash.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use migrations_common::app::App;
use migrations_common::event::Event;
use migrations_common::report::Report;
use postgres::Client;

use crate::support::{Recorder, TestDatabase, app, applied, findings, migrate, problem, target};

/// An app of one such file.
fn shop(text: &str) -> App {
    app(
        "shop",
        "",
        &[(
            "V1__a.sql",
            &format!("-- migration: no-transaction\n{text}"),
        )],
    )
}

fn run(text: &str, place: &TestDatabase) -> Report {
    migrate(&shop(text), place)
}

/// A transaction that keeps concurrent builds waiting until it ends, and touches nothing of theirs.
fn old_transaction(place: &TestDatabase) -> Client {
    let mut client = place.client();
    client
        .batch_execute("begin isolation level repeatable read; create table unrelated (); select 1 from pg_class")
        .expect("runs");
    client
}

const WAITING: &str = "exists (select from pg_stat_activity where datname = current_database() \
                       and query ilike 'create index concurrently%' and wait_event = 'virtualxid')";

#[test]
fn a_file_may_build_two_indexes_concurrently() {
    let place = TestDatabase::new();
    place.run("create table t (a int, b int)");
    let report = run(
        "create index concurrently i on t (a);\ncreate index concurrently j on t (b);",
        &place,
    );
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert!(place.has("i") && place.has("j"));
}

#[test]
fn a_build_waits_for_old_transactions_as_long_as_they_last() {
    let place = TestDatabase::new();
    place.run("create table t (a int)");
    let file = "-- migration: no-transaction\ncreate index concurrently i on t (a)";
    let shop = app(
        "shop",
        "lock_timeout = \"50ms\"\nstatement_timeout = \"100ms\"",
        &[("V1__a.sql", file)],
    );
    let old = old_transaction(&place);
    let run = Recorder::new().start(&target(&shop, &place));
    place.wait_until(WAITING);
    // Longer than the limits of the config.
    thread::sleep(Duration::from_millis(300));
    drop(old);
    let report = run.join().expect("ends");
    assert_eq!(applied(&report), [1], "{report:#?}");
}

#[test]
fn a_session_that_is_killed_is_made_up_for_by_the_next_run() {
    let place = TestDatabase::new();
    place.run("create table t (a int, b int, c int)");
    let file = "create index concurrently i on t (a);\ncreate index concurrently j on t (b);\n\
                create index concurrently k on t (c)";
    let old = Arc::new(Mutex::new(None));
    let (begun, same) = (
        Arc::clone(&old),
        TestDatabase {
            name: place.name.clone(),
        },
    );
    let recorder = Recorder::reacting(move |event| {
        if matches!(event, Event::Statement { done: 1, .. }) {
            *begun.lock().expect("whole") = Some(old_transaction(&same));
        }
    });
    let run = recorder.start(&target(&shop(file), &place));
    place.wait_until(WAITING);
    place.run(
        "select pg_terminate_backend(pid) from pg_stat_activity \
         where datname = current_database() and wait_event = 'virtualxid'",
    );
    let report = run.join().expect("ends");
    let problem = problem(&report);
    assert_eq!(
        (problem.code, problem.places[0].line_column()),
        ("connection-lost", (3, 1)),
        "{problem:#?}"
    );
    assert!(
        problem
            .notes
            .iter()
            .any(|note| note.contains("what it finished stays")),
        "{problem:#?}"
    );
    assert_eq!(place.history("shop"), "none");
    assert_eq!(
        place.value("select indisvalid from pg_index where indexrelid = 'j'::regclass"),
        "false"
    );
    drop(old.lock().expect("whole").take());
    let first = place.value("select 'i'::regclass::oid");
    let again = self::run(file, &place);
    assert_eq!(applied(&again), [1], "{again:#?}");
    assert_eq!(
        place.value("select count(*) from pg_index where indisvalid and indrelid = 't'::regclass"),
        "3"
    );
    assert_eq!(place.value("select 'i'::regclass::oid"), first);
}

#[test]
fn statements_that_are_done_and_not_recorded_are_recorded() {
    let place = TestDatabase::new();
    place.run("create table t (a int)");
    assert_eq!(
        applied(&migrate(
            &app("shop", "", &[("V1__a.sql", "select 1")]),
            &place
        )),
        [1]
    );
    let file = "-- migration: no-transaction\ncreate index concurrently i on t (a)";
    let shop = app(
        "shop",
        "lock_timeout = \"50ms\"",
        &[("V1__a.sql", "select 1"), ("V2__b.sql", file)],
    );
    let mut reader = place.client();
    reader
        .batch_execute("begin; lock table shop_core_schema_history in share mode")
        .expect("locked");
    let report = Recorder::waiting(Duration::from_millis(200)).migrate(&[target(&shop, &place)]);
    assert_eq!(problem(&report).code, "history-not-written", "{report:#?}");
    let index = place.value("select 'i'::regclass::oid");
    drop(reader);
    assert_eq!(applied(&migrate(&shop, &place)), [2]);
    assert_eq!(place.value("select 'i'::regclass::oid"), index);
}

#[test]
fn a_label_that_is_there_is_done() {
    let place = TestDatabase::new();
    place.run("create schema s; create type s.mood as enum ('sad', 'glad')");
    let report = run(
        "alter type s.mood add value 'glad';\nalter type s.mood add value 'so so'",
        &place,
    );
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert_eq!(
        place.value("select enum_range(null::s.mood)"),
        "{sad,glad,\"so so\"}"
    );
}

#[test]
fn an_index_that_is_gone_is_dropped() {
    let place = TestDatabase::new();
    place.run("create table t (a int); create index j on t (a)");
    let report = run(
        "drop index concurrently i;\ndrop index concurrently j",
        &place,
    );
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert!(!place.has("j"));
}

#[test]
fn what_cannot_be_told_from_done_runs_only_where_that_does_no_harm() {
    let place = TestDatabase::new();
    place.run("create table t (a int)");
    let refused = run(
        "create index concurrently on t (a);\ninsert into t values (1);\nvacuum t",
        &place,
    );
    assert_eq!(
        findings(&refused.targets[0].problems),
        ["2:1 not-repeatable", "3:1 not-repeatable"]
    );
    assert_eq!(place.history("shop"), "none");
    let report = run(
        "-- migration: idempotent\ninsert into t values (1);\nvacuum t",
        &place,
    );
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert_eq!(place.value("select count(*) from t"), "1");
    let unnamed = run(
        "-- migration: idempotent\ncreate index concurrently on t (a)",
        &TestDatabase::new(),
    );
    assert_eq!(
        findings(&unnamed.targets[0].problems),
        ["3:1 not-repeatable"]
    );
}

const PARTITIONS: &str = "create table p (a int) partition by range (a); \
                          create table p1 partition of p for values from (0) to (10); \
                          create table p2 partition of p for values from (10) to (20)";

#[test]
fn a_partition_is_detached_once() {
    let place = TestDatabase::new();
    place.run(&format!("{PARTITIONS}; alter table p detach partition p2"));
    let report = run(
        "alter table p detach partition p1 concurrently;\nalter table p detach partition p2 concurrently",
        &place,
    );
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert_eq!(place.value("select count(*) from pg_inherits"), "0");
}

#[test]
fn a_detachment_that_was_broken_off_is_finished() {
    let place = TestDatabase::new();
    place.run(PARTITIONS);
    let mut reader = place.client();
    reader.batch_execute("begin; select from p").expect("runs");
    let mut broken = place.client();
    let cancel = broken.cancel_token();
    let detach = thread::spawn(move || {
        broken.batch_execute("alter table p detach partition p1 concurrently")
    });
    place.wait_until("exists (select from pg_inherits where inhdetachpending)");
    place.wait_until("exists (select from pg_stat_activity where query like '%p1 concurrently' and wait_event_type = 'Lock')");
    cancel.cancel_query(postgres::NoTls).expect("sent");
    detach.join().expect("ends").expect_err("was cancelled");
    drop(reader);
    let report = run("alter table p detach partition p1 concurrently", &place);
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert_eq!(
        place.value("select count(*) from pg_inherits where inhrelid = 'p1'::regclass"),
        "0"
    );
}

/// The next unit would find the target busy.
#[test]
fn the_lock_is_released_and_settings_do_not_stay() {
    let place = TestDatabase::new();
    let outside =
        "-- migration: no-transaction\nset work_mem = '1MB'; set role = none; set search_path = ''";
    let inside = "create table if not exists work_mem as select current_setting('work_mem')";
    let files = [
        ("V1__a.sql", outside),
        ("V2__b.sql", inside),
        ("V3__c.sql", outside),
        ("V4__d.sql", inside),
    ];
    let report =
        Recorder::waiting(Duration::ZERO).migrate(&[target(&app("shop", "", &files), &place)]);
    assert_eq!(applied(&report), [1, 2, 3, 4], "{report:#?}");
    assert_eq!(
        place.value("select current_setting from work_mem"),
        place.value("select current_setting('work_mem')")
    );
    assert_eq!(
        place.value(
            "select count(*) from pg_locks join pg_database d on d.oid = database \
                     where locktype = 'advisory' and datname = current_database()"
        ),
        "0"
    );
}

#[test]
fn a_file_keeps_its_lock() {
    for text in [
        "select pg_advisory_unlock_all(); select 1",
        "discard all; select 1",
    ] {
        let report = run(
            &format!("-- migration: idempotent\n{text}"),
            &TestDatabase::new(),
        );
        assert_eq!(problem(&report).code, "lock-lost", "{report:#?}");
    }
}

#[test]
fn a_role_that_a_file_takes_does_not_write_the_record() {
    let place = TestDatabase::new();
    let role = place.role();
    let report = run(&format!("set role {role}; set search_path = ''"), &place);
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert_eq!(
        place
            .value("select tableowner from pg_tables where tablename = 'shop_core_schema_history'"),
        "postgres"
    );
}

#[test]
fn the_server_looks_whether_the_run_still_lives() {
    let place = TestDatabase::new();
    let report = run(
        "-- migration: idempotent\ncreate table seen as select current_setting('client_connection_check_interval')",
        &place,
    );
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert_eq!(place.value("table seen"), "2s");
}
