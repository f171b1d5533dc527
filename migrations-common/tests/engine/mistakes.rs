//! Common mistakes with many tenants: told before anything runs.

use std::sync::Arc;

use migrations_common::app::App;
use migrations_common::event::Event;
use migrations_common::fleet::{self, MigrateRequest, Policy};
use migrations_common::placeholder::Values;
use migrations_common::report::Outcome;
use migrations_common::target::{Scope, Target};

use crate::support::{Recorder, TestDatabase, app, migrate, target};

/// Targets of `number` tenants, whose schemas are made.
fn tenants(app: &App, place: &TestDatabase, number: usize) -> Vec<Arc<Target>> {
    let database = target(app, place);
    let of = |number: usize| {
        let name = format!("tenant_{number}");
        place.run(&format!("create schema if not exists {name}"));
        let scope = Scope::of_tenant(&app.series[0], &name, Values::new());
        Arc::new(Target {
            scope,
            ..Target::clone(&database)
        })
    };
    (0..number).map(of).collect()
}

/// The codes of a dry run's warnings.
fn warnings(targets: &[Arc<Target>], jobs: Option<usize>) -> Vec<&'static str> {
    let recorder = Recorder::new();
    let request = MigrateRequest {
        policy: Policy {
            jobs,
            ..Policy::default()
        },
        ..MigrateRequest::default()
    };
    fleet::dry_run(targets, &[], &request, &recorder.context);
    let events = recorder.events.lock().expect("whole");
    let warnings = events.iter().filter_map(|event| match event {
        Event::Warning(problem) => Some(problem.code),
        _ => None,
    });
    warnings.collect()
}

#[test]
fn one_worker_for_more_than_a_hundred_tenants() {
    let place = TestDatabase::new();
    let config = "layout = \"schema-per-tenant\"";
    let shop = app("shop", config, &[("V1__a.sql", "create table a ()")]);
    let targets = tenants(&shop, &place, 101);
    assert_eq!(warnings(&targets, Some(1)), ["one-worker"]);
    assert!(warnings(&targets, Some(2)).is_empty());
    assert!(warnings(&targets, None).is_empty());
    assert!(warnings(&targets[1..], Some(1)).is_empty());
}

#[test]
fn more_schemas_in_a_database_than_the_config_lets_pass() {
    let place = TestDatabase::new();
    let config = "layout = \"schema-per-tenant\"\nmany_schemas = 2";
    let shop = app("shop", config, &[("V1__a.sql", "create table a ()")]);
    let targets = tenants(&shop, &place, 3);
    assert_eq!(warnings(&targets, None), ["many-schemas"]);
    assert!(warnings(&targets[1..], None).is_empty());
}

#[test]
fn one_history_for_all_tenants_is_refused() {
    let place = TestDatabase::new();
    let files = [
        ("V1__a.sql", "create table a ()"),
        ("V2__b.sql", "create table b ()"),
    ];
    // What a loop of `refinery` with one table in `public` leaves.
    let one = app("shop", "", &files[..1]);
    assert_eq!(migrate(&one, &place).exit_code(), 0);
    let shop = app("shop", "layout = \"schema-per-tenant\"", &files);
    let targets = tenants(&shop, &place, 2);
    let context = Recorder::new().context;
    let report = fleet::migrate(&targets, &[], &MigrateRequest::default(), &context);
    assert_eq!(
        report.targets[0].problems[0].code, "one-history-for-all",
        "{report:#?}"
    );
    assert_eq!(report.targets[1].outcome, Outcome::NotReached);
    assert!(!place.has("tenant_0.a") && !place.has("tenant_1.a"));
    // Once a tenant has its own, the other table is an old one that nobody reads.
    let baseline = fleet::baseline(&targets[..1], 1, &Policy::default(), &context);
    assert_eq!(baseline.exit_code(), 0, "{baseline:#?}");
    let report = fleet::migrate(&targets, &[], &MigrateRequest::default(), &context);
    assert_eq!(report.exit_code(), 0, "{report:#?}");
}
