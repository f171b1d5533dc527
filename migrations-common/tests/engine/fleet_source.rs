//! A source of tenants that could not answer, and could a moment later: another runner ran the global track meanwhile.

use std::sync::Arc;

use migrations_common::Problem;
use migrations_common::app::App;
use migrations_common::fleet::{self, Later, MigrateRequest, State};
use migrations_common::placeholder::Values;
use migrations_common::report::Outcome;
use migrations_common::target::{Scope, Target};
use migrations_common::testing::quiet;

use crate::support::{TestDatabase, target_at};

fn app() -> App {
    let directory = tempfile::tempdir().expect("made");
    let write = |file: &str, text: &str| {
        let path = directory.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    write(
        "migrations.toml",
        "[databases.core]\nlayout = \"schema-per-tenant\"\ntenants = [\"acme\"]\n",
    );
    write("migrations/core/global/V1__g.sql", "create table g ();");
    write("migrations/core/tenant/V1__t.sql", "create table t ();");
    App::from_disk("shop", "apps/shop", directory.path()).expect("valid")
}

/// The global track and the tenant `acme` of `app` in `place`, as series that nobody could name yet.
fn targets(app: &App, place: &TestDatabase) -> (Arc<Target>, Later) {
    let global = target_at(app, &place.url());
    let tenant = Arc::new(Target {
        scope: Scope::of_tenant(&app.series[1], "acme", Values::new()),
        ..global.clone()
    });
    let later = Later {
        series: Arc::clone(&app.series[1]),
        problem: Problem::failed("tenants-query", "relation \"tenants\" does not exist"),
        ask: Arc::new(move || Ok(vec![Arc::clone(&tenant)])),
    };
    (Arc::new(global), later)
}

#[test]
fn a_source_is_asked_again_where_the_global_track_is_at_head_by_now() {
    let place = TestDatabase::new();
    place.run("create schema acme");
    let app = app();
    let (global, later) = targets(&app, &place);
    let only_global = fleet::migrate(
        &[Arc::clone(&global)],
        &[],
        &MigrateRequest::default(),
        &quiet(),
    );
    assert_eq!(only_global.exit_code(), 0, "{only_global:#?}");

    let status = fleet::status(
        &[Arc::clone(&global)],
        std::slice::from_ref(&later),
        &quiet(),
    );
    assert!(status.unresolved.is_empty(), "{status:#?}");
    assert_eq!(status.targets[1].state, State::Pending);

    let request = MigrateRequest {
        later: vec![later],
        ..MigrateRequest::default()
    };
    let (plans, _) = fleet::dry_run(&[Arc::clone(&global)], &[], &request, &quiet());
    assert_eq!(plans[1].1.pending.len(), 1);
    let report = fleet::migrate(&[global], &[], &request, &quiet());
    assert_eq!(report.exit_code(), 0, "{report:#?}");
    assert_eq!(report.targets[0].outcome, Outcome::AtHead);
    assert_eq!(report.targets[1].outcome, Outcome::Applied);
    assert!(place.has("acme.t"));
}

#[test]
fn a_source_that_still_does_not_answer_is_the_problem() {
    let place = TestDatabase::new();
    let app = app();
    let (global, later) = targets(&app, &place);
    fleet::migrate(
        &[Arc::clone(&global)],
        &[],
        &MigrateRequest::default(),
        &quiet(),
    );
    let later = Later {
        ask: Arc::new(|| Err(Problem::failed("tenants-query", "permission denied").into())),
        ..later
    };
    let status = fleet::status(
        &[Arc::clone(&global)],
        std::slice::from_ref(&later),
        &quiet(),
    );
    assert_eq!(status.unresolved[0].problem.message, "permission denied");
    let request = MigrateRequest {
        later: vec![later],
        ..MigrateRequest::default()
    };
    let report = fleet::migrate(&[global], &[], &request, &quiet());
    assert_eq!(report.unresolved[0].problem.message, "permission denied");
    assert_ne!(report.exit_code(), 0);
}
