//! Waiting for others: for a target's lock, for locks of tables, and for neither longer than was asked for.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use migrations_common::app::App;
use migrations_common::event::Event;
use migrations_common::fleet;
use migrations_common::report::Outcome;
use migrations_common::target::Target;
use postgres::{Client, NoTls};

use crate::support::{Recorder, TestDatabase, app, applied, problem, succeed, target, target_at};

const NO_WAIT: Duration = Duration::ZERO;

fn shop(text: &str) -> App {
    app("shop", "lock_timeout = \"100ms\"", &[("V1__a.sql", text)])
}

/// Another session that calls itself `operator`, with a transaction that did `sql`.
fn operator(place: &TestDatabase, sql: &str) -> Client {
    let mut client = Client::connect(&format!("{}?application_name=operator", place.url()), NoTls)
        .expect("connects");
    client
        .batch_execute(&format!("begin; {sql}"))
        .expect("runs");
    client
}

fn take(target: &Target) -> String {
    format!("select {}", target.lock().try_in_transaction())
}

fn is_retry(event: &Event) -> bool {
    matches!(event, Event::Retrying { .. })
}

#[test]
fn a_target_that_is_locked_for_too_long_is_busy() {
    let place = TestDatabase::new();
    for text in [
        "create table a ()",
        "-- migration: no-transaction\nvacuum",
        "-- migration: only-if select true\nselect 1",
    ] {
        let target = target(&shop(text), &place);
        let mut operator = operator(&place, &take(&target));
        let pid: i32 = operator
            .query_one("select pg_backend_pid()", &[])
            .expect("answers")
            .get(0);
        let report = Recorder::waiting(NO_WAIT).migrate(std::slice::from_ref(&target));
        assert_eq!(
            (report.targets[0].outcome, report.exit_code()),
            (Outcome::Busy, 4),
            "{report:#?}"
        );
        let message = &problem(&report).message;
        assert!(
            message.contains(&format!("pid {pid} (operator), for ")),
            "{message}"
        );
        assert_eq!(place.history("shop"), "none");
    }
}

/// PostgreSQL shows everybody who a session is, and not how old its transaction is.
#[test]
fn the_holder_is_named_to_a_role_that_may_not_see_all_of_it() {
    let place = TestDatabase::new();
    let role = place.role();
    let shop = shop("select 1");
    let _operator = operator(&place, &take(&target(&shop, &place)));
    let report =
        Recorder::waiting(NO_WAIT).migrate(&[target_at(&shop, &place.url_as(&role)).into()]);
    let message = &problem(&report).message;
    assert!(message.ends_with("(operator)"), "{message}");
}

#[test]
fn a_target_that_is_let_go_is_migrated() {
    for text in [
        "create table a ()",
        "-- migration: no-transaction\nvacuum",
        "-- migration: only-if select true\nselect 1",
    ] {
        let place = TestDatabase::new();
        let target = target(&shop(text), &place);
        let operator = Mutex::new(Some(operator(&place, &take(&target))));
        let recorder = Recorder::reacting(move |event| {
            if let Event::Waiting { holder, .. } = event {
                assert_eq!(holder.as_ref().expect("named").application_name, "operator");
                drop(operator.lock().expect("whole").take());
            }
        });
        let report = recorder.migrate(&[target]);
        assert_eq!(applied(&report), [1], "{report:#?}");
        assert!(recorder.saw(|event| matches!(event, Event::Waiting { .. })));
    }
}

#[test]
fn targets_of_one_database_do_not_wait_for_each_other() {
    let place = TestDatabase::new();
    let (shop, other) = (
        shop("select 1"),
        app("other", "", &[("V1__a.sql", "select 1")]),
    );
    let _operator = operator(&place, &take(&target(&shop, &place)));
    let report = Recorder::waiting(NO_WAIT).migrate(&[target(&other, &place)]);
    assert_eq!(applied(&report), [1], "{report:#?}");
}

/// A run of `text` against another session that has locked the table `t`, and lets go at the first try again.
fn check_retried(text: &str) {
    let place = TestDatabase::new();
    place.run("create table t (id int)");
    let operator = Mutex::new(Some(operator(
        &place,
        "lock table t in access exclusive mode",
    )));
    let recorder = Recorder::reacting(move |event| {
        if is_retry(event) {
            drop(operator.lock().expect("whole").take());
        }
    });
    let report = recorder.migrate(&[target(&shop(text), &place)]);
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert!(recorder.saw(is_retry));
}

#[test]
fn a_unit_that_waited_too_long_for_a_lock_is_tried_again() {
    check_retried(
        "create table log as select 1; prepare p as select 1; alter table t add column a int",
    );
    check_retried("-- migration: only-if select not exists (select from t)\nselect 1");
}

#[test]
fn a_lock_that_others_keep_is_reported() {
    let place = TestDatabase::new();
    place.run("create table t (id int)");
    let _operator = operator(&place, "lock table t in access exclusive mode");
    let recorder = Recorder::waiting(Duration::from_millis(300));
    let report = recorder.migrate(&[target(
        &shop("create table a ();\nalter table t add column a int"),
        &place,
    )]);
    let problem = problem(&report);
    assert_eq!(
        (problem.sqlstate.as_deref(), problem.places[0].line_column()),
        (Some("55P03"), (2, 1))
    );
    assert!(recorder.saw(is_retry));
    assert!(!place.has("a"));
}

/// The record of a file that does not run waits for the history table alone.
#[test]
fn a_record_that_waited_too_long_for_a_lock_is_tried_again() {
    for text in [
        "-- migration: only-if select false\nselect 1",
        "-- migration: no-transaction\nvacuum pg_class",
    ] {
        let place = TestDatabase::new();
        let first = ("V1__a.sql", "select 1");
        succeed(&[first], &place);
        let shop = app(
            "shop",
            "lock_timeout = \"100ms\"",
            &[first, ("V2__b.sql", text)],
        );
        let mut reader = operator(&place, "lock table shop_core_schema_history in share mode");
        let same = TestDatabase {
            name: place.name.clone(),
        };
        let reading = thread::spawn(move || {
            let waits = "exists (select from pg_locks where not granted and \
                         relation = to_regclass('shop_core_schema_history'))";
            same.wait_until(waits);
            same.wait_until(&format!("not {waits}"));
            reader.batch_execute("commit").expect("ends");
        });
        let report = Recorder::new().migrate(&[target(&shop, &place)]);
        assert_eq!(applied(&report), [2], "{report:#?}");
        reading.join().expect("somebody waited in vain");
    }
}

#[test]
fn a_deadlock_is_tried_again() {
    let place = TestDatabase::new();
    place.run("create table t (id int); create table u (id int)");
    let mut operator = operator(
        &place,
        "set local deadlock_timeout = '1h'; set local lock_timeout = '60s'; lock table u in access exclusive mode",
    );
    // The run closes the circle, and looks for one first: it is the victim.
    let file = "set local deadlock_timeout = '10ms'; set local lock_timeout = 0; lock table t; \
                do $$begin while exists (select from pg_locks where relation = 'u'::regclass) \
                  and not exists (select from pg_locks where relation = 't'::regclass and not granted) \
                  loop perform pg_sleep(0.01); end loop; end$$; \
                lock table u";
    let recorder = Recorder::new();
    let run = recorder.start(&target(&shop(file), &place));
    place.wait_until("exists (select from pg_locks where granted and relation = 't'::regclass)");
    operator
        .batch_execute("lock table t in access exclusive mode; commit")
        .expect("the run gives way");
    let report = run.join().expect("ends");
    assert_eq!(applied(&report), [1], "{report:#?}");
    let deadlock = |event: &Event| matches!(event, Event::Retrying { cause, .. } if cause.contains("deadlock"));
    assert!(recorder.saw(deadlock));
}

#[test]
fn a_statement_that_takes_too_long_is_no_lock_and_no_interrupt() {
    let place = TestDatabase::new();
    for (config, text) in [
        (
            "statement_timeout = \"50ms\"",
            "select 1;\nselect pg_sleep(60)",
        ),
        (
            "",
            "-- migration: statement-timeout 50ms\nselect pg_sleep(60)",
        ),
        (
            "",
            "-- migration: no-transaction\n-- migration: idempotent\n-- migration: statement-timeout 50ms\nselect pg_sleep(60)",
        ),
    ] {
        let recorder = Recorder::new();
        let report =
            recorder.migrate(&[target(&app("shop", config, &[("V1__a.sql", text)]), &place)]);
        let problem = problem(&report);
        assert_eq!(
            (problem.code, problem.sqlstate.as_deref()),
            ("migration-failed", Some("57014")),
            "{problem:#?}"
        );
        assert_eq!(problem.places[0].line_column().0, text.lines().count());
        assert!(
            problem
                .helps
                .iter()
                .any(|help| help.contains("statement-timeout"))
        );
        assert!(!recorder.saw(is_retry));
    }
}

#[test]
fn each_file_runs_with_its_own_limits() {
    let show = "insert into seen select current_setting('lock_timeout'), current_setting('statement_timeout')";
    let own = format!("-- migration: lock-timeout 10s\n-- migration: statement-timeout 1h\n{show}");
    let outside = format!("-- migration: no-transaction\n-- migration: idempotent\n{show}");
    let outside_own =
        format!("-- migration: lock-timeout 10s\n-- migration: statement-timeout 1h\n{outside}");
    let files = [
        ("V1__a.sql", "create table seen (l text, s text)"),
        ("V2__b.sql", show),
        ("V3__c.sql", own.as_str()),
        ("V4__d.sql", show),
        ("V5__e.sql", outside.as_str()),
        ("V6__f.sql", outside_own.as_str()),
    ];
    for granularity in ["migration", "target"] {
        let place = TestDatabase::new();
        let config = format!(
            "transaction = \"{granularity}\"\nlock_timeout = \"2s\"\nstatement_timeout = \"5min\""
        );
        let report = Recorder::new().migrate(&[target(&app("shop", &config, &files), &place)]);
        assert_eq!(report.exit_code(), 0, "{report:#?}");
        assert_eq!(
            place.value("select string_agg(l || ' ' || s, ', ' order by ctid) from seen"),
            "2s 5min, 10s 1h, 2s 5min, 0 0, 10s 1h"
        );
    }
}

/// Eight runners at once on a fresh database, again and again: each migration is applied once, and nobody fails.
#[test]
fn many_runners_apply_each_migration_once() {
    let files = [
        ("V1__a.sql", "create table log (version int)"),
        ("V2__b.sql", "insert into log values (2)"),
        ("V3__c.sql", "insert into log values (3)"),
        (
            "V4__d.sql",
            "-- migration: no-transaction\n-- migration: idempotent\ninsert into log values (4)",
        ),
        ("V5__e.sql", "insert into log values (5)"),
    ];
    let shops = [
        app("shop", "", &files),
        app("shop", "transaction = \"target\"", &files),
    ];
    for round in 0..20 {
        let place = TestDatabase::new();
        let target = target(&shops[round % 2], &place);
        let runs: Vec<_> = (0..8).map(|_| Recorder::new().start(&target)).collect();
        let reports: Vec<_> = runs
            .into_iter()
            .map(|run| run.join().expect("ends"))
            .collect();
        for report in &reports {
            assert_eq!(report.exit_code(), 0, "round {round}: {report:#?}");
        }
        assert_eq!(
            place.value("select string_agg(version::text, ',' order by version) from log"),
            "2,3,4,5",
            "round {round}"
        );
        let mut versions: Vec<i64> = reports.iter().flat_map(applied).collect();
        versions.sort_unstable();
        assert_eq!(versions, [1, 2, 3, 4, 5], "round {round}");
        assert_eq!(
            fleet::status(&[target], &[], &Recorder::new().context).targets[0].state,
            fleet::State::AtHead
        );
    }
}
