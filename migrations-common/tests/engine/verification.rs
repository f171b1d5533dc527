//! Files and history that do not fit together: everything is said at once, and nothing is written.

use migrations_common::app::App;
use migrations_common::event::Event;
use migrations_common::fleet::{self, MigrateRequest};
use migrations_common::plan::Request;
use migrations_common::report::{Outcome, Report};

use crate::support::{
    Recorder, TestDatabase, app, applied, findings, migrate, migrate_with, problem, succeed, target,
};

const A: (&str, &str) = ("V1__a.sql", "create table a ();\n");
const B: (&str, &str) = ("V2__b.sql", "create table b ();\n");
const D: (&str, &str) = ("V4__d.sql", "create table d ();\n");

fn shop(files: &[(&str, &str)]) -> App {
    app("shop", "", files)
}

fn found(report: &Report) -> Vec<String> {
    findings(&report.targets[0].problems)
}

#[test]
fn a_directory_is_refused_for_all_that_is_wrong_in_it() {
    let place = TestDatabase::new();
    let files = [
        A,
        ("V2_misnamed.sql", "select 1"),
        ("V3__x.sql", "select 1"),
        ("V03__y.sql", "select 1"),
        ("V5__gone.down.sql", "select 1"),
        ("V6__typo.sql", "select 1;\n-- migration: no-transaction\n"),
        (
            "V7__directive.sql",
            "-- migration: transaction none\nselect 1",
        ),
        (
            "V8__placeholder.sql",
            "-- migration: placeholders\nselect\n  ${region:literal}",
        ),
        ("V9__empty.sql", "\n"),
        ("V10__control.sql", "select 1;\nrollback;"),
        (
            "V11__twice.sql",
            "vacuum;\n-- migration: allow nothing\nselect 1",
        ),
        (
            "V12__questions.sql",
            "-- migration: only-if select true; select false\nselect 1",
        ),
        (
            "V13__question.sql",
            "-- migration: only-if select 'it\nselect 1",
        ),
    ];
    let report = migrate(&shop(&files), &place);
    assert_eq!(
        found(&report),
        [
            "misnamed-migration",
            "down-without-migration",
            "duplicate-version",
            "2:1 late-directive",
            "1:15 unknown-directive",
            "3:3 placeholder",
            "1:1 empty-migration",
            "2:1 transaction-control",
            "2:1 late-directive",
            "1:1 needs-no-transaction",
            "1:23 directive",
            "1:23 directive",
        ]
    );
    assert_eq!(report.targets[0].outcome, Outcome::Failed);
    assert_eq!(report.exit_code(), 1);
    assert_eq!(place.history("shop"), "none");
    assert!(!place.has("a"));
}

#[test]
fn nothing_runs_while_history_and_files_disagree() {
    let place = TestDatabase::new();
    succeed(&[A, B, ("V3__c.sql", "select 3"), D], &place);
    let edited = ("V1__a.sql", "create table a (id int);\n");
    let report = migrate(
        &shop(&[edited, B, D, ("V5__e.sql", "create table e ()")]),
        &place,
    );
    assert_eq!(
        found(&report),
        ["1:1 edited-migration", "deleted-migration"]
    );
    assert!(!place.has("e"));
    assert_eq!(place.history("shop"), "1,2,3,4");
}

#[test]
fn a_late_migration_runs_only_where_it_is_allowed() {
    let place = TestDatabase::new();
    succeed(&[A, D], &place);
    let late = shop(&[A, B, D]);
    let refused = migrate(&late, &place);
    assert_eq!(problem(&refused).code, "out-of-order");
    assert!(!place.has("b"));
    let plan = Request {
        out_of_order: true,
        ..Request::default()
    };
    let allowed = migrate_with(
        &late,
        &place,
        &MigrateRequest {
            plan,
            ..MigrateRequest::default()
        },
    );
    assert_eq!(applied(&allowed), [2]);
    assert_eq!(place.history("shop"), "1,2,4");
}

#[test]
fn other_line_ends_are_a_warning() {
    let place = TestDatabase::new();
    succeed(&[A], &place);
    let recorder = Recorder::new();
    let windows = shop(&[("V1__a.sql", "create table a ();\r\n"), B]);
    let report = recorder.migrate(&[target(&windows, &place)]);
    assert_eq!((applied(&report), report.exit_code()), (vec![2], 0));
    assert!(
        recorder
            .saw(|event| matches!(event, Event::Warning(problem) if problem.code == "line-ends"))
    );
}

#[test]
fn an_older_release_finds_its_target_ahead() {
    let place = TestDatabase::new();
    succeed(&[A, B, D], &place);
    let older = shop(&[A, B]);
    let report = migrate(&older, &place);
    assert_eq!(
        (report.targets[0].outcome, report.exit_code()),
        (Outcome::Ahead, 0)
    );
    assert_eq!(report.targets[0].current, Some(4));
    let strict = migrate_with(
        &older,
        &place,
        &MigrateRequest {
            strict: true,
            ..MigrateRequest::default()
        },
    );
    assert_eq!((problem(&strict).code, strict.exit_code()), ("ahead", 1));
}

#[test]
fn a_run_goes_up_to_the_version_that_was_asked_for() {
    let place = TestDatabase::new();
    let all = shop(&[A, B, D]);
    let up_to = |version| {
        let plan = Request {
            up_to: Some(version),
            ..Request::default()
        };
        migrate_with(
            &all,
            &place,
            &MigrateRequest {
                plan,
                ..MigrateRequest::default()
            },
        )
    };
    let unknown = up_to(3);
    assert_eq!(
        (problem(&unknown).code, unknown.exit_code()),
        ("unknown-version", 2)
    );
    assert_eq!(place.history("shop"), "none");
    assert_eq!(applied(&up_to(2)), [1, 2]);
    assert_eq!(applied(&up_to(2)), [0_i64; 0]);
    assert_eq!(place.history("shop"), "1,2");
}

#[test]
fn looking_writes_nothing() {
    let place = TestDatabase::new();
    let target = target(&shop(&[A]), &place);
    let context = Recorder::new().context;
    let targets = [target];
    let status = fleet::status(&targets, &[], &context).targets;
    assert_eq!(
        (status[0].state, status[0].pending.len()),
        (fleet::State::Pending, 1)
    );
    let (plans, report) = fleet::dry_run(&targets, &[], &MigrateRequest::default(), &context);
    assert_eq!((plans[0].1.pending.len(), report.exit_code()), (1, 0));
    assert_eq!(place.history("shop"), "none");
}
