//! All tenants of a database in one transaction.

use std::sync::Arc;

use migrations_common::app::App;
use migrations_common::fleet::{self, MigrateRequest, Policy};
use migrations_common::placeholder::Values;
use migrations_common::report::{Outcome, Report};
use migrations_common::target::{Scope, Target};

use crate::support::{Recorder, TestDatabase, app, target};

const TENANTS: [&str; 3] = ["acme", "o'hara", "umbrella"];

fn shop(files: &[(&str, &str)]) -> App {
    app("shop", "layout = \"schema-per-tenant\"", files)
}

/// A target for each of `tenants`, whose schemas are made.
fn targets(app: &App, place: &TestDatabase, tenants: &[&str]) -> Vec<Arc<Target>> {
    let database = target(app, place);
    let of = |tenant: &&str| {
        place.run(&format!("create schema if not exists \"{tenant}\""));
        let scope = Scope::of_tenant(&app.series[0], tenant, Values::new());
        Arc::new(Target {
            scope,
            ..Target::clone(&database)
        })
    };
    tenants.iter().map(of).collect()
}

fn migrate(targets: &[Arc<Target>]) -> Report {
    let request = MigrateRequest {
        policy: Policy {
            atomic: true,
            ..Policy::default()
        },
        ..MigrateRequest::default()
    };
    fleet::migrate(targets, &[], &request, &Recorder::new().context)
}

fn outcomes(report: &Report) -> Vec<Outcome> {
    report.targets.iter().map(|target| target.outcome).collect()
}

fn tables(place: &TestDatabase) -> String {
    place.value("select count(*) from pg_class where relname in ('a', 'b', 'shop_core_schema_history') and relkind = 'r'")
}

const FILES: [(&str, &str); 2] = [
    ("V1__a.sql", "create table a (id int)"),
    ("V2__b.sql", "create table b (id int)"),
];

#[test]
fn all_tenants_commit_in_one_transaction() {
    let place = TestDatabase::new();
    let shop = shop(&FILES);
    let targets = targets(&shop, &place, &TENANTS);
    let report = migrate(&targets);
    assert_eq!(outcomes(&report), [Outcome::Applied; 3], "{report:#?}");
    assert_eq!(tables(&place), "9");
    let transactions = TENANTS
        .map(|tenant| format!("select xmin::text from \"{tenant}\".shop_core_schema_history"));
    let distinct = format!(
        "select count(distinct xmin) from ({}) x",
        transactions.join(" union all ")
    );
    assert_eq!(place.value(&distinct), "1");
    assert_eq!(outcomes(&migrate(&targets)), [Outcome::AtHead; 3]);
}

#[test]
fn a_failure_of_one_leaves_nothing_on_any() {
    let place = TestDatabase::new();
    let shop = shop(&FILES);
    let targets = targets(&shop, &place, &TENANTS);
    place.run("create table \"o'hara\".b ()");
    let report = migrate(&targets);
    assert_eq!(
        outcomes(&report),
        [Outcome::NotReached, Outcome::Failed, Outcome::NotReached],
        "{report:#?}"
    );
    let problem = &report.targets[1].problems[0];
    assert_eq!(problem.sqlstate.as_deref(), Some("42P07"));
    assert_eq!(problem.migration.as_deref(), Some("V2__b"));
    assert_eq!(tables(&place), "1");
    place.run("drop table \"o'hara\".b");
    assert_eq!(outcomes(&migrate(&targets)), [Outcome::Applied; 3]);
}

#[test]
fn a_plan_that_needs_a_commit_in_between_is_refused() {
    for (header, second) in [
        (
            "-- migration: no-transaction\n",
            "create index concurrently i on a (id)",
        ),
        ("-- migration: commit-before\n", "create table b (id int)"),
        (
            "-- migration: only-if select true\n",
            "create table b (id int)",
        ),
    ] {
        let place = TestDatabase::new();
        let second = format!("{header}{second}");
        let shop = shop(&[FILES[0], ("V2__b.sql", &second)]);
        let report = migrate(&targets(&shop, &place, &TENANTS));
        let problem = &report.targets[0].problems[0];
        assert_eq!(problem.code, "cut-in-one-transaction", "{report:#?}");
        assert_eq!(tables(&place), "0");
    }
}

#[test]
fn more_locks_than_the_server_has_are_refused_after_the_first_tenant() {
    let place = TestDatabase::new();
    let slots = "select current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int";
    let locks: usize = place.value(slots).parse().expect("a number");
    // Each table is a lock; with 40 tenants it is twice what the server has.
    let many = format!(
        "do $$ begin for i in 1..{} loop execute 'create table t' || i || ' ()'; end loop; end $$",
        locks / 20
    );
    let shop = shop(&[("V1__many.sql", &many)]);
    let names: Vec<String> = (0..40).map(|number| format!("tenant_{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let report = migrate(&targets(&shop, &place, &names));
    let problem = &report.targets[0].problems[0];
    assert_eq!(problem.code, "lock-budget", "{problem:#?}");
    assert!(problem.helps[0].contains("max_locks_per_transaction"));
    assert_eq!(
        place.value("select count(*) from pg_class where relname = 't1'"),
        "0"
    );
    assert!(
        report.targets[1..]
            .iter()
            .all(|one| one.outcome == Outcome::NotReached)
    );
}

#[test]
fn a_run_that_was_overtaken_looks_again() {
    let place = TestDatabase::new();
    let shop = shop(&FILES);
    let first = self::shop(&FILES[..1]);
    let targets = targets(&shop, &place, &TENANTS);
    // What another runner commits between the look and the transaction.
    let overtaken = targets.clone();
    let overtaking = self::targets(&first, &place, &["umbrella"]);
    let recorder = Recorder::reacting(move |event| {
        use migrations_common::event::Event;
        if matches!(event, Event::Fleet { targets: 3, .. }) {
            let overtaking = overtaking.clone();
            let report = std::thread::spawn(move || migrate(&overtaking))
                .join()
                .expect("ends");
            assert_eq!(outcomes(&report), [Outcome::Applied]);
        }
    });
    let request = MigrateRequest {
        policy: Policy {
            atomic: true,
            ..Policy::default()
        },
        ..MigrateRequest::default()
    };
    let report = fleet::migrate(&overtaken, &[], &request, &recorder.context);
    assert_eq!(outcomes(&report), [Outcome::Applied; 3], "{report:#?}");
    let versions = |report: &Report, index: usize| report.targets[index].applied.len();
    assert_eq!([versions(&report, 0), versions(&report, 2)], [2, 1]);
}
