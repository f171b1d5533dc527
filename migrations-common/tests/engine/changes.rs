//! The other ways to change a history: rollback, baseline, repair.

use std::sync::{Arc, Mutex};

use migrations_common::app::App;
use migrations_common::event::{Event, How};
use migrations_common::fleet::{self, Policy};
use migrations_common::report::{Outcome, Report};

use crate::support::{Recorder, TestDatabase, app, applied, findings, migrate, problem, target};

const FILES: [(&str, &str); 6] = [
    ("V1__a.sql", "create table a ()"),
    ("V1__a.down.sql", "drop table a"),
    ("V2__b.sql", "create table b (id int)"),
    ("V2__b.down.sql", "drop table b -- end"),
    (
        "V3__c.sql",
        "-- migration: no-transaction\ncreate index concurrently c on b (id)",
    ),
    (
        "V3__c.down.sql",
        "-- migration: no-transaction\ndrop index concurrently c",
    ),
];

fn roll_back(shop: &App, place: &TestDatabase, to: i64) -> Report {
    fleet::roll_back(
        &[target(shop, place)],
        &[],
        to,
        &Policy::default(),
        &Recorder::new().context,
    )
}

#[test]
fn down_files_run_from_the_newest_on() {
    let place = TestDatabase::new();
    let shop = app("shop", "", &FILES);
    migrate(&shop, &place);
    let report = roll_back(&shop, &place, 1);
    assert_eq!(
        (applied(&report), report.targets[0].current),
        (vec![3, 2], Some(1)),
        "{report:#?}"
    );
    assert!(
        report.targets[0]
            .applied
            .iter()
            .all(|applied| applied.how == How::TakenBack)
    );
    assert_eq!(place.history("shop"), "1");
    assert!(place.has("a") && !place.has("b"));
    assert_eq!(applied(&roll_back(&shop, &place, 0)), [1]);
    assert_eq!(place.history("shop"), "");
    let nothing = roll_back(&shop, &place, 0);
    assert_eq!(
        (nothing.targets[0].outcome, nothing.exit_code()),
        (Outcome::AtHead, 0)
    );
    assert_eq!(
        applied(&migrate(&shop, &place)),
        [1, 2, 3],
        "and all of it may come again"
    );
}

#[test]
fn a_down_file_and_its_record_are_one() {
    let place = TestDatabase::new();
    let files = [
        ("V1__a.sql", "create table a ()"),
        ("V1__a.down.sql", "drop table a"),
        ("V2__b.sql", "create table b ()"),
        ("V2__b.down.sql", "drop table b; select 1 / 0"),
        ("V3__c.sql", "create table c ()"),
        ("V3__c.down.sql", "drop table c"),
    ];
    let shop = app("shop", "", &files);
    migrate(&shop, &place);
    let report = roll_back(&shop, &place, 0);
    assert_eq!(applied(&report), [3]);
    let problem = problem(&report);
    assert_eq!(
        (problem.sqlstate.as_deref(), problem.migration.as_deref()),
        (Some("22012"), Some("V2__b"))
    );
    assert!(
        problem.places[0].path.ends_with("V2__b.down.sql"),
        "{problem:#?}"
    );
    let notes = problem.notes.join("\n");
    assert!(
        notes.contains("V2__b is still applied") && notes.contains("V1 still applied too"),
        "{notes}"
    );
    assert_eq!(place.history("shop"), "1,2");
    assert!(place.has("b"));
}

#[test]
fn a_rollback_is_refused_before_anything_runs() {
    let place = TestDatabase::new();
    let all = app("shop", "", &FILES);
    migrate(&all, &place);
    let check = |shop: &App, to: i64, expected: &[&str]| {
        let report = roll_back(shop, &place, to);
        assert_eq!(findings(&report.targets[0].problems), expected);
        assert_eq!(place.history("shop"), "1,2,3");
        assert!(place.has("c"));
    };
    let without = |names: &[&str]| {
        let files: Vec<(&str, &str)> = FILES
            .iter()
            .filter(|(file, _)| !names.contains(file))
            .copied()
            .collect();
        app("shop", "", &files)
    };
    check(
        &without(&["V1__a.down.sql", "V2__b.down.sql"]),
        0,
        &["1:1 missing-down-file", "1:1 missing-down-file"],
    );
    check(
        &without(&["V2__b.sql", "V2__b.down.sql"]),
        1,
        &["deleted-migration"],
    );
    check(&all, 7, &["unknown-version"]);
    let commits = [
        &FILES[..3],
        &[("V2__b.down.sql", "drop table b; commit")],
        &FILES[4..],
    ]
    .concat();
    check(&app("shop", "", &commits), 0, &["1:15 transaction-control"]);
}

#[test]
fn what_never_ran_has_nothing_to_take_back() {
    for header in [
        "",
        "-- migration: no-transaction\n-- migration: idempotent\n",
    ] {
        let place = TestDatabase::new();
        let up = format!("{header}-- migration: only-if select false\ncreate table a ()");
        let down = format!("{header}drop table a");
        let files = [
            ("V1__a.sql", up.as_str()),
            ("V1__a.down.sql", down.as_str()),
        ];
        for taken_over in [false, true] {
            if taken_over {
                place.run("alter table shop_core_schema_history drop column outcome");
            }
            let shop = app("shop", "", &files);
            assert_eq!(applied(&migrate(&shop, &place)), [1]);
            let report = roll_back(&shop, &place, 0);
            assert_eq!(applied(&report), [1], "{report:#?}");
            assert_eq!(place.history("shop"), "");
        }
        assert_eq!(
            place.value("select count(*) from shop_core_schema_history_outcome"),
            "0"
        );
    }
}

#[test]
fn a_migration_that_others_require_stays() {
    let place = TestDatabase::new();
    let base = app(
        "base",
        "",
        &[
            ("V1__a.sql", "select 1"),
            ("V1__a.down.sql", "select 1"),
            ("V2__b.sql", "select 2"),
            ("V2__b.down.sql", "select 2"),
        ],
    );
    let shop = app(
        "shop",
        "",
        &[
            ("V4__a.sql", "select 1"),
            ("V5__b.sql", "-- migration: requires base/core/V1\nselect 1"),
        ],
    );
    let (base, shop) = (target(&base, &place), target(&shop, &place));
    assert_eq!(
        Recorder::new()
            .migrate(&[Arc::clone(&base), Arc::clone(&shop)])
            .exit_code(),
        0
    );
    let roll_back = |to| {
        fleet::roll_back(
            &[Arc::clone(&base)],
            &[Arc::clone(&shop)],
            to,
            &Policy::default(),
            &Recorder::new().context,
        )
    };
    let report = roll_back(0);
    let problem = problem(&report);
    assert_eq!(
        (problem.code, problem.message.as_str()),
        (
            "still-required",
            "shop/core V5 is applied and requires V1__a"
        )
    );
    assert!(
        problem.helps[0].contains("rollback shop --database core --to 4"),
        "{problem:#?}"
    );
    assert_eq!(place.history("base"), "1,2");
    assert_eq!(applied(&roll_back(1)), [2], "nobody requires V2");
    place.run("delete from shop_core_schema_history where version = 5");
    assert_eq!(applied(&roll_back(0)), [1]);
}

/// A history that another run changed is not taken back by a plan that knows nothing of it.
#[test]
fn a_rollback_that_was_overtaken_stops() {
    let place = TestDatabase::new();
    let shop = app("shop", "", &FILES[..4]);
    migrate(&shop, &place);
    let name = Mutex::new(Some(place.name.clone()));
    let recorder = Recorder::reacting(move |event| {
        if let (Event::Started { .. }, Some(name)) = (event, name.lock().expect("whole").take()) {
            TestDatabase { name }.run("delete from shop_core_schema_history where version = 1");
        }
    });
    let report = fleet::roll_back(
        &[target(&shop, &place)],
        &[],
        0,
        &Policy::default(),
        &recorder.context,
    );
    assert_eq!(problem(&report).code, "history-changed", "{report:#?}");
    assert!(place.has("b"));
    assert_eq!(place.history("shop"), "2");
}

#[test]
fn a_baseline_records_without_running() {
    let place = TestDatabase::new();
    let shop = app("shop", "", &FILES[..4]);
    let baseline = |version| {
        fleet::baseline(
            &[target(&shop, &place)],
            version,
            &Policy::default(),
            &Recorder::new().context,
        )
    };
    assert_eq!(problem(&baseline(7)).code, "unknown-version");
    assert_eq!(place.history("shop"), "none");
    let report = baseline(1);
    assert_eq!(
        (applied(&report), report.targets[0].applied[0].how),
        (vec![1], How::Baselined),
        "{report:#?}"
    );
    assert_eq!(
        (place.history("shop"), place.has("a")),
        ("1".to_owned(), false)
    );
    assert_eq!(baseline(1).targets[0].outcome, Outcome::AtHead);
    assert_eq!(applied(&migrate(&shop, &place)), [2]);
    assert_eq!(problem(&baseline(1)).code, "baseline-below-history");
    assert_eq!(place.history("shop"), "1,2");
}

#[test]
fn nothing_is_changed_where_one_target_refuses() {
    let place = TestDatabase::new();
    let (one, two) = (app("one", "", &FILES[..2]), app("two", "", &FILES[..4]));
    migrate(&two, &place);
    let targets = [target(&one, &place), target(&two, &place)];
    let report = fleet::baseline(&targets, 1, &Policy::default(), &Recorder::new().context);
    let outcomes: Vec<Outcome> = report.targets.iter().map(|target| target.outcome).collect();
    assert_eq!(
        outcomes,
        [Outcome::NotReached, Outcome::Failed],
        "{report:#?}"
    );
    assert_eq!(place.history("one"), "none");
}

#[test]
fn a_repair_accepts_an_edited_file() {
    let place = TestDatabase::new();
    let before = [
        ("V1__a.sql", "-- migration: only-if select false\nselect 1"),
        ("V2__b.sql", "select 2"),
    ];
    let after = [
        ("V1__x.sql", "-- migration: only-if select false\nselect 7"),
        ("V2__b.sql", "select 2\r\n"),
    ];
    migrate(&app("shop", "", &before), &place);
    let shop = app("shop", "", &[after[0], before[1]]);
    let repair = |shop: &App, version| {
        fleet::repair(
            &[target(shop, &place)],
            version,
            &Policy::default(),
            &Recorder::new().context,
        )
    };
    assert_eq!(problem(&migrate(&shop, &place)).code, "edited-migration");
    let report = repair(&shop, 1);
    assert_eq!(
        (applied(&report), report.targets[0].applied[0].how),
        (vec![1], How::Repaired),
        "{report:#?}"
    );
    assert_eq!(applied(&migrate(&shop, &place)), [0_i64; 0]);
    assert_eq!(place.value("select string_agg(name || coalesce(outcome, ''), ',' order by version) from shop_core_schema_history"), "xskipped,b");
    assert_eq!(
        repair(&shop, 2).targets[0].outcome,
        Outcome::AtHead,
        "nothing to repair"
    );
    let more = app(
        "shop",
        "",
        &[after[0], before[1], ("V3__c.sql", "select 3")],
    );
    assert_eq!(problem(&repair(&more, 3)).code, "not-applied");
    assert_eq!(problem(&repair(&more, 4)).code, "unknown-version");
}
