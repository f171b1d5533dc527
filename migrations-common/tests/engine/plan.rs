//! History and files compared: what is pending, and what stands in the way. No server.

use migrations_common::app::App;
use migrations_common::config::VersionWidth;
use migrations_common::history::{Applied, Form, History, Outcomes};
use migrations_common::placeholder::Values;
use migrations_common::plan::{Plan, Request, plan};
use migrations_common::problem::Problem;

use crate::support::app;

const FILES: [(&str, &str); 3] = [
    ("V1__a.sql", "select 1;\n"),
    ("V2__b.sql", "select 2;\n"),
    ("V4__d.sql", "select 4;\n"),
];

const FORM: Form = Form {
    width: VersionWidth::Int8,
    outcomes: Outcomes::Column,
};

/// A history of `versions` as the files of `app` stand; a version without a file gets any checksum.
fn history(app: &App, versions: &[i64]) -> History {
    let row = |version: &i64| {
        let migration = app.series[0].migration(*version).ok();
        Applied {
            version: *version,
            name: migration.map_or("gone".to_owned(), |m| m.name.clone()),
            applied_on: "2026-01-01T00:00:00Z".to_owned(),
            checksum: migration.map_or(7, |m| m.checksum(VersionWidth::Int8)),
            outcome: None,
        }
    };
    History {
        form: Some(FORM),
        rows: versions.iter().map(row).collect(),
    }
}

fn run(app: &App, history: &History, request: Request) -> Result<Plan, Vec<Problem>> {
    plan(&app.series[0], history, request, &Values::new())
}

fn pending(plan: &Plan) -> Vec<i64> {
    plan.pending
        .iter()
        .map(|file| file.migration.version)
        .collect()
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.code).collect()
}

fn check(applied: &[i64], request: Request, expected: Result<&[i64], &[&str]>) {
    let shop = app("shop", "", &FILES);
    let found = run(&shop, &history(&shop, applied), request);
    match (&found, expected) {
        (Ok(plan), Ok(versions)) => assert_eq!(pending(plan), versions, "{applied:?} {request:?}"),
        (Err(problems), Err(expected)) => {
            assert_eq!(codes(problems), expected, "{applied:?} {request:?}");
        }
        _ => panic!("{applied:?} {request:?}: {found:#?}"),
    }
}

#[test]
fn what_is_not_recorded_is_pending() {
    let all = Request::default();
    check(&[], all, Ok(&[1, 2, 4]));
    check(&[1], all, Ok(&[2, 4]));
    check(&[1, 2, 4], all, Ok(&[]));
}

#[test]
fn a_run_may_stop_at_a_version_that_there_is() {
    let up_to = |version| Request {
        up_to: Some(version),
        ..Request::default()
    };
    check(&[], up_to(2), Ok(&[1, 2]));
    check(&[1, 2, 4], up_to(2), Ok(&[]));
    check(&[], up_to(3), Err(&["unknown-version"]));
    check(&[], up_to(0), Err(&["unknown-version"]));
}

#[test]
fn a_version_below_the_newest_applied_is_out_of_order_unless_allowed() {
    let allowed = Request {
        out_of_order: true,
        ..Request::default()
    };
    check(&[1, 4], Request::default(), Err(&["out-of-order"]));
    check(&[1, 4], allowed, Ok(&[2]));
    let late = app(
        "shop",
        "",
        &[
            ("V1__a.sql", "select 1"),
            ("U2__b.sql", "select 2"),
            ("V3__c.sql", "select 3"),
        ],
    );
    let plan = run(&late, &history(&late, &[1, 3]), Request::default()).expect("U may be late");
    assert_eq!(pending(&plan), [2]);
}

#[test]
fn versions_newer_than_any_known_are_ahead_and_a_gap_is_an_error() {
    let shop = app("shop", "", &FILES);
    let plan = run(&shop, &history(&shop, &[1, 2, 4, 5, 9]), Request::default())
        .expect("ahead is no problem");
    assert_eq!((plan.ahead, plan.current), (vec![5, 9], Some(9)));
    check(
        &[1, 2, 3, 4],
        Request::default(),
        Err(&["deleted-migration"]),
    );
    check(&[1, 2, 5], Request::default(), Err(&["out-of-order"]));
}

#[test]
fn an_edit_is_told_from_other_line_ends() {
    let shop = app("shop", "", &FILES);
    let applied = history(&shop, &[1, 2, 4]);
    let windows = app(
        "shop",
        "",
        &[("V1__a.sql", "select 1;\r\n"), FILES[1], FILES[2]],
    );
    let plan = run(&windows, &applied, Request::default()).expect("only a warning");
    assert_eq!(codes(&plan.warnings), ["line-ends"]);

    let edited = app(
        "shop",
        "",
        &[
            ("V1__a.sql", "select 7;\n"),
            ("V2__renamed.sql", FILES[1].1),
            FILES[2],
        ],
    );
    let problems = run(&edited, &applied, Request::default()).expect_err("edited");
    assert_eq!(codes(&problems), ["edited-migration", "edited-migration"]);
    assert!(problems[1].notes[0].contains("V2__b"), "{problems:#?}");
}

/// What is wrong with a file that was applied cannot be changed any more.
#[test]
fn only_files_that_are_pending_have_to_be_sound() {
    let files = [
        ("V1__a.sql", "-- migration: no-transactoin\nselect 1"),
        ("V2__b.sql", "commit"),
    ];
    let shop = app("shop", "", &files);
    assert_eq!(
        pending(&run(&shop, &history(&shop, &[1, 2]), Request::default()).expect("applied")),
        [0_i64; 0]
    );
    let problems = run(&shop, &History::default(), Request::default()).expect_err("pending");
    assert_eq!(
        codes(&problems),
        ["unknown-directive", "transaction-control"]
    );
}

#[test]
fn a_version_must_fit_the_column_that_records_it() {
    let files = [
        ("V1__a.sql", "select 1"),
        ("V20261122170000__b.sql", "select 2"),
    ];
    let narrow = Form {
        width: VersionWidth::Int4,
        ..FORM
    };
    let found = |config: &str, form: Option<Form>| {
        let shop = app("shop", config, &files);
        run(
            &shop,
            &History {
                form,
                rows: Vec::new(),
            },
            Request::default(),
        )
    };
    assert!(found("", None).is_ok() && found("", Some(FORM)).is_ok());
    assert!(found("history_version = \"int4\"", Some(FORM)).is_ok());
    for (config, form) in [("history_version = \"int4\"", None), ("", Some(narrow))] {
        let problems = found(config, form).expect_err("32 bits");
        assert_eq!(codes(&problems), ["version-too-large"], "{config}");
    }
}
