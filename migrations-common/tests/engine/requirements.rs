//! Migrations that other apps' migrations wait for.

mod tracks;

use std::sync::Arc;
use std::thread;

use migrations_common::app::App;
use migrations_common::event::Event;
use migrations_common::fleet::{self, MigrateRequest};
use migrations_common::plan::Request;
use migrations_common::problem::Kind;
use migrations_common::report::{Outcome, Report};
use migrations_common::target::Target;

use crate::support::{Recorder, TestDatabase, app, applied, migrate, problem, target};

/// An app whose migrations, V1 and on, each note that they ran; an item of `requires` may be empty.
fn noting(name: &str, config: &str, requires: &[&str]) -> App {
    let files: Vec<(String, String)> = requires
        .iter()
        .enumerate()
        .map(|(index, requires)| {
            let version = index + 1;
            let header: String = requires
                .split_whitespace()
                .fold(String::new(), |header, r| {
                    header + &format!("-- migration: requires {r}\n")
                });
            (
                format!("V{version}__x.sql"),
                format!("{header}insert into log (what) values ('{name} {version}')"),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()))
        .collect();
    app(name, config, &files)
}

fn place() -> TestDatabase {
    let place = TestDatabase::new();
    place.run("create table log (id int generated always as identity, what text)");
    place
}

fn log(place: &TestDatabase) -> String {
    place.value("select coalesce(string_agg(what, ', ' order by id), '') from log")
}

fn with() -> MigrateRequest {
    MigrateRequest {
        with_requirements: true,
        ..MigrateRequest::default()
    }
}

fn run(targets: &[&Arc<Target>], others: &[&Arc<Target>], request: &MigrateRequest) -> Report {
    let owned =
        |targets: &[&Arc<Target>]| targets.iter().map(|t| Arc::clone(t)).collect::<Vec<_>>();
    fleet::migrate(
        &owned(targets),
        &owned(others),
        request,
        &Recorder::new().context,
    )
}

#[test]
fn migrations_of_two_apps_take_turns() {
    for config in ["", "transaction = \"target\""] {
        let place = place();
        let one = target(
            &noting("one", config, &["", "two/core/V1", "", "two/core/V2"]),
            &place,
        );
        let two = target(
            &noting("two", config, &["one/core/V1", "one/core/V2"]),
            &place,
        );
        let report = run(&[&two, &one], &[], &MigrateRequest::default());
        assert_eq!(report.exit_code(), 0, "{report:#?}");
        assert_eq!(log(&place), "one 1, two 1, one 2, one 3, two 2, one 4");
        let names: Vec<&str> = report
            .targets
            .iter()
            .map(|t| t.target.series.app.as_str())
            .collect();
        assert_eq!(names, ["two", "one"], "the order of the request");
        assert_eq!(applied(&report), [1, 2]);
    }
}

#[test]
fn what_is_required_runs_only_on_request_and_only_so_far() {
    let place = place();
    let deep = target(&noting("deep", "", &["", ""]), &place);
    let base = target(&noting("base", "", &["deep/core/V1", "", ""]), &place);
    let shop = target(&noting("shop", "", &["base/core/V2"]), &place);
    let refused = run(&[&shop], &[&base, &deep], &MigrateRequest::default());
    let missing = problem(&refused);
    assert_eq!(
        (missing.kind, missing.code, refused.exit_code()),
        (Kind::Requirement, "missing-requirement", 1)
    );
    assert_eq!(missing.places[0].line_column(), (1, 24));
    assert_eq!(
        (place.history("shop"), place.history("base")),
        ("none".to_owned(), "none".to_owned())
    );
    let (plans, _) = fleet::dry_run(
        &[Arc::clone(&shop)],
        &[Arc::clone(&base), Arc::clone(&deep)],
        &MigrateRequest::default(),
        &Recorder::new().context,
    );
    assert_eq!(plans.len(), 1, "what would not run is not in a dry run");

    let report = run(&[&shop], &[&base, &deep], &with());
    assert_eq!(report.exit_code(), 0, "{report:#?}");
    assert_eq!(log(&place), "deep 1, base 1, base 2, shop 1");
    assert_eq!(report.targets.len(), 3);
}

#[test]
fn only_what_is_about_to_run_brings_its_requirements() {
    let place = place();
    let base = target(&noting("base", "", &["", ""]), &place);
    let shop = target(&noting("shop", "", &["", "base/core/V1"]), &place);
    let first = Request {
        up_to: Some(1),
        ..Request::default()
    };
    run(
        &[&shop],
        &[&base],
        &MigrateRequest {
            plan: first,
            ..with()
        },
    );
    assert_eq!(log(&place), "shop 1");
}

#[test]
fn the_troubles_of_an_app_that_nothing_is_needed_of_are_its_own() {
    let place = place();
    let base = noting("base", "", &[""]);
    migrate(&base, &place);
    let edited = target(
        &app("base", "", &[("V1__x.sql", "select 'edited'")]),
        &place,
    );
    let shop = noting("shop", "", &["base/core/V1"]);
    let report = run(
        &[&target(&shop, &place)],
        &[&edited],
        &MigrateRequest::default(),
    );
    assert_eq!(
        (report.exit_code(), report.targets.len(), applied(&report)),
        (0, 1, vec![1]),
        "{report:#?}"
    );

    // Where something is needed, they are shown.
    let more = noting("shop", "", &["base/core/V1", "base/core/V2"]);
    let edited = target(
        &app(
            "base",
            "",
            &[("V1__x.sql", "select 'edited'"), ("V2__x.sql", "select 2")],
        ),
        &place,
    );
    for request in [MigrateRequest::default(), with()] {
        let report = run(&[&target(&more, &place)], &[&edited], &request);
        assert_eq!(
            report.targets[1].problems[0].code, "edited-migration",
            "{report:#?}"
        );
        assert_eq!(
            (place.history("shop"), place.history("base")),
            ("1".to_owned(), "1".to_owned())
        );
    }
}

#[test]
fn what_cannot_be_ordered_is_refused_before_anything_runs() {
    let place = place();
    let base = target(&noting("base", "", &[""]), &place);
    let check = |requires: &[&str], expected: &[&str]| {
        let shop = target(&noting("shop", "", requires), &place);
        for request in [MigrateRequest::default(), with()] {
            let report = run(&[&shop], &[&base], &request);
            let problems = &report.targets[0].problems;
            let messages: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
            assert_eq!(messages.len(), expected.len(), "{report:#?}");
            for (message, expected) in messages.iter().zip(expected) {
                assert!(message.contains(expected), "{message}");
            }
            assert_eq!(log(&place), "");
        }
    };
    check(
        &["bsae/core/V1", "base/core/V7 base/other/V1"],
        &[
            "there is no database `bsae/core`; did you mean `base/core`?",
            "requires base/core/V7, which does not exist; the newest is V1",
            "there is no database `base/other`",
        ],
    );
    let one = target(&noting("one", "", &["two/core/V2"]), &place);
    let two = target(&noting("two", "", &["", "one/core/V1"]), &place);
    let report = run(&[&one, &two], &[], &MigrateRequest::default());
    let cycle = problem(&report);
    assert_eq!(
        (cycle.code, cycle.places.len()),
        ("requirement-cycle", 2),
        "{cycle:#?}"
    );
    assert_eq!(report.targets[1].outcome, Outcome::NotReached);
    assert_eq!(log(&place), "");
}

/// Between the plan and the unit somebody takes the required migration back.
#[test]
fn a_requirement_is_looked_at_again_before_the_unit_runs() {
    for header in [
        "",
        "-- migration: no-transaction\n-- migration: idempotent\n",
        "-- migration: only-if select false\n",
    ] {
        for gone in [
            "delete from base_core_schema_history",
            "drop table base_core_schema_history",
        ] {
            let place = place();
            let base = noting("base", "", &[""]);
            migrate(&base, &place);
            let text = format!(
                "{header}-- migration: requires base/core/V1\ninsert into log (what) values ('shop')"
            );
            let shop = app("shop", "", &[("V1__a.sql", &text)]);
            let name = place.name.clone();
            let recorder = Recorder::reacting(move |event| {
                if matches!(event, Event::Planned { .. }) {
                    TestDatabase { name: name.clone() }.run(gone);
                }
            });
            let targets = [target(&shop, &place)];
            let report = fleet::migrate(
                &targets,
                &[target(&base, &place)],
                &MigrateRequest::default(),
                &recorder.context,
            );
            let problem = problem(&report);
            assert_eq!(
                (problem.kind, problem.code),
                (Kind::Requirement, "missing-requirement"),
                "{report:#?}"
            );
            assert!(problem.message.contains("base/core/V1"), "{problem:#?}");
            assert_eq!(
                (log(&place), place.history("shop")),
                ("base 1".to_owned(), "none".to_owned())
            );
        }
    }
}

/// The history of the required app is where its config says.
#[test]
fn a_requirement_is_looked_for_where_the_other_app_keeps_its_history() {
    let place = place();
    place.run("create schema elsewhere");
    let config = "schema = \"elsewhere\"\nsearch_path = [\"public\"]\nhistory_table = \"h\"";
    let base = target(&noting("base", config, &[""]), &place);
    let shop = target(&noting("shop", "", &["base/core/V1"]), &place);
    let mut recorder = Recorder::new();
    recorder.context.known = Arc::new([Arc::clone(&base.series)]);
    let report = fleet::migrate(&[shop], &[base], &with(), &recorder.context);
    assert_eq!(report.exit_code(), 0, "{report:#?}");
    assert_eq!(log(&place), "base 1, shop 1");
}

/// Another run applies a part meanwhile: what is left is planned anew.
#[test]
fn a_run_that_was_overtaken_plans_anew() {
    for header in [
        "",
        "-- migration: no-transaction\n-- migration: idempotent\n",
    ] {
        let place = place();
        let insert = |what: &str| format!("{header}insert into log (what) values ('{what}')");
        let files = [
            ("V1__a.sql", insert("one")),
            ("V2__b.sql", insert("two")),
            ("V3__c.sql", insert("three")),
        ];
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(file, text)| (*file, text.as_str()))
            .collect();
        let shop = app("shop", "", &files);
        let part = app("shop", "", &files[..2]);
        let name = place.name.clone();
        let recorder = Recorder::reacting(move |event| {
            if matches!(event, Event::Planned { .. }) {
                let (part, place) = (part.clone(), TestDatabase { name: name.clone() });
                let overtaking = thread::spawn(move || migrate(&part, &place))
                    .join()
                    .expect("ends");
                assert_eq!(applied(&overtaking), [1, 2], "{overtaking:#?}");
            }
        });
        let report = recorder.migrate(&[target(&shop, &place)]);
        assert_eq!(applied(&report), [3], "{report:#?}");
        assert_eq!(log(&place), "one, two, three");
    }
}
