//! Runs that are broken off: by the network, by an administrator, by a signal.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use migrations_common::app::App;
use migrations_common::event::Event;
use migrations_common::interrupt::Interrupt;
use migrations_common::problem::Kind;
use migrations_common::report::{Outcome, Signal};

use crate::proxy::{Breaks, Proxy};
use crate::support::{
    Recorder, TestDatabase, app, applied, findings, migrate, problem, target, target_at,
};

const SLEEPING: &str = "exists (select from pg_stat_activity where datname = current_database() \
                        and wait_event = 'PgSleep')";

fn shop(text: &str) -> App {
    app(
        "shop",
        "",
        &[
            ("V1__a.sql", "create table a ()"),
            ("V2__b.sql", text),
            ("V3__c.sql", "create table c ()"),
        ],
    )
}

/// Makes the sleeps of `place` end at once for those who come later.
fn terminate_the_sleeper(place: &TestDatabase) {
    place.wait_until(SLEEPING);
    place.run(
        "select pg_terminate_backend(pid) from pg_stat_activity \
         where datname = current_database() and wait_event = 'PgSleep'",
    );
}

#[test]
fn a_session_that_is_killed_leaves_nothing_of_its_unit() {
    let place = TestDatabase::new();
    place.run("create table pace as select 60 as seconds");
    let shop = shop("create table b ();\nselect pg_sleep(seconds) from pace");
    let run = Recorder::new().start(&target(&shop, &place));
    terminate_the_sleeper(&place);
    let report = run.join().expect("ends");
    assert_eq!(
        (report.targets[0].outcome, applied(&report)),
        (Outcome::Failed, vec![1])
    );
    let problem = problem(&report);
    assert_eq!(
        (problem.code, problem.migration.as_deref()),
        ("connection-lost", Some("V2__b")),
        "{problem:#?}"
    );
    assert_eq!(problem.places[0].line_column(), (2, 1));
    assert!(
        problem
            .helps
            .iter()
            .any(|help| help.contains("it was not committed")),
        "{problem:#?}"
    );
    assert_eq!(place.history("shop"), "1");
    assert!(!place.has("b"));
    place.run("update pace set seconds = 0");
    assert_eq!(applied(&migrate(&shop, &place)), [2, 3]);
}

/// The answer to COMMIT is lost, or the whole connection while the server is still at work.
#[test]
fn a_commit_whose_answer_was_lost_is_found() {
    for breaks in [Breaks::WhenCommitted, Breaks::WhenBegun] {
        let place = TestDatabase::new();
        let proxy = Proxy::losing("lose the answer", breaks);
        let shop = shop("create table b (); select pg_sleep(0.5) /* lose the answer */");
        let target = Arc::new(target_at(&shop, &proxy.url(&place)));
        let report = Recorder::new().migrate(&[target]);
        assert_eq!(report.exit_code(), 0, "{breaks:?}: {report:#?}");
        assert_eq!(applied(&report), [1, 2, 3], "{breaks:?}");
        assert_eq!(place.history("shop"), "1,2,3");
    }
}

/// The connection breaks, and the server finds a reason of its own to roll back.
#[test]
fn a_failure_whose_answer_was_lost_is_not_taken_for_a_commit() {
    let place = TestDatabase::new();
    let proxy = Proxy::losing("lose the answer", Breaks::WhenBegun);
    let shop = shop("create table b (); select 1 / 0 /* lose the answer */");
    let report = Recorder::new().migrate(&[target_at(&shop, &proxy.url(&place)).into()]);
    assert_eq!(
        (problem(&report).code, applied(&report)),
        ("connection-lost", vec![1]),
        "{report:#?}"
    );
    assert_eq!(place.history("shop"), "1");
}

/// Interrupts a run of `text` as V2 while it sleeps.
fn check_interrupted(text: &str, config: &str, history: &str) {
    let place = TestDatabase::new();
    let files = [
        ("V1__a.sql", "create table a ()"),
        ("V2__b.sql", text),
        ("V3__c.sql", "create table c ()"),
    ];
    // The run goes by the apps' names where nothing else decides.
    let (shop, next) = (
        app("shop", config, &files),
        app("zoo", "", &[("V1__a.sql", "select 1")]),
    );
    let targets = [target(&shop, &place), target(&next, &place)];
    let recorder = Recorder::new();
    let interrupt = recorder.context.interrupt.clone();
    let run = thread::spawn(move || recorder.migrate(&targets));
    place.wait_until(SLEEPING);
    interrupt.request(Signal::Interrupt);
    while !run.is_finished() {
        interrupt.cancel_running();
        thread::sleep(Duration::from_millis(10));
    }
    let report = run.join().expect("ends");
    assert_eq!(report.exit_code(), 130, "{text}");
    let outcomes: Vec<Outcome> = report.targets.iter().map(|target| target.outcome).collect();
    assert_eq!(
        outcomes,
        [Outcome::Failed, Outcome::NotReached],
        "{text}: {report:#?}"
    );
    assert_eq!(
        findings(&report.targets[0].problems),
        ["interrupted"],
        "{text}"
    );
    assert_eq!(report.targets[0].problems[0].kind, Kind::Interrupted);
    let notes = report.targets[0].problems[0].notes.join("\n");
    assert_eq!(
        notes.contains("V3 was not reached"),
        config.is_empty(),
        "{text}: {notes}"
    );
    assert_eq!(place.history("shop"), history, "{text}");
    assert_eq!(place.history("zoo"), "none", "{text}");
    assert!(!place.has("b") && !place.has("c"), "{text}");
}

#[test]
fn an_interrupt_rolls_back_what_runs() {
    check_interrupted("create table b (); select pg_sleep(3600)", "", "1");
    check_interrupted(
        "create table b (); select pg_sleep(3600)",
        "transaction = \"target\"",
        "none",
    );
    check_interrupted(
        "-- migration: only-if select pg_sleep(3600) is null\nselect 1",
        "",
        "1",
    );
    let outside = "-- migration: no-transaction\n-- migration: idempotent\n";
    check_interrupted(
        &format!("{outside}select pg_sleep(3600); create table if not exists b ()"),
        "",
        "1",
    );
}

#[test]
fn an_interrupt_lets_nothing_more_begin() {
    let place = TestDatabase::new();
    let text = [("V1__a.sql", "select 1")];
    let (shop, next) = (app("shop", "", &text), app("zoo", "", &text));
    let interrupt = Interrupt::default();
    let asked = interrupt.clone();
    let mut recorder = Recorder::reacting(move |event| {
        if matches!(event, Event::Done { .. }) {
            asked.request(Signal::Interrupt);
        }
    });
    recorder.context.interrupt = interrupt;
    let report = recorder.migrate(&[target(&shop, &place), target(&next, &place)]);
    let outcomes: Vec<Outcome> = report.targets.iter().map(|target| target.outcome).collect();
    assert_eq!(
        outcomes,
        [Outcome::Applied, Outcome::NotReached],
        "{report:#?}"
    );
    assert_eq!(report.exit_code(), 130);
    assert!(report.targets[1].problems.is_empty(), "{report:#?}");
}

#[test]
fn an_interrupt_ends_a_wait() {
    let place = TestDatabase::new();
    let shop = shop("select 1");
    let target = target(&shop, &place);
    let mut operator = place.client();
    operator
        .batch_execute(&format!(
            "begin; select {}",
            target.lock().try_in_transaction()
        ))
        .expect("locked");
    let recorder = Recorder::waiting(Duration::from_mins(10));
    let interrupt = recorder.context.interrupt.clone();
    let run = recorder.start(&target);
    while !recorder.saw(|event| matches!(event, Event::Waiting { .. })) {
        thread::sleep(Duration::from_millis(10));
    }
    interrupt.request(Signal::Terminate);
    let report = run.join().expect("ends");
    assert_eq!(report.exit_code(), 143);
    assert_eq!(problem(&report).kind, Kind::Interrupted);
}
