//! Values for the tests of the reporters.

use std::sync::Arc;
use std::time::Duration;

use crate::app::{App, Embedded};
use crate::event::{Applied, How};
use crate::history::{self, History};
use crate::migration::Version;
use crate::placeholder::Values;
use crate::plan::{Plan, Request, plan};
use crate::problem::Problem;
use crate::report::{Outcome, Report, TargetReport};
use crate::target::{self, Scope, Target};

/// What the migrations of [`target`] are.
const FILES: [(&str, &str); 4] = [
    ("V1__create_users.sql", "create table users ();"),
    ("V2__größe.sql", "alter table users add größe int;"),
    (
        "V3__users_name_idx.sql",
        "-- migration: no-transaction\ncreate index concurrently i on users (name);",
    ),
    (
        "V4__beta.sql",
        "-- migration: only-if select exists (select from flags)\ncreate table beta ();",
    ),
];

/// App `name` with one `database` that holds `files`; `config` is what its table of `migrations.toml` says.
pub(super) fn app(name: &str, database: &str, config: &str, files: &[(&str, &str)]) -> App {
    fn leak<T: ?Sized>(value: impl Into<Box<T>>) -> &'static T {
        Box::leak(value.into())
    }
    let config = format!("[databases.{database}]\n{config}").into_bytes();
    let mut embedded: Vec<(&'static str, &'static [u8])> =
        vec![("migrations.toml", leak::<[u8]>(config))];
    embedded.extend(files.iter().map(|(file, text)| {
        let path = format!("migrations/{database}/{file}");
        (leak::<str>(path), leak::<[u8]>(text.as_bytes().to_vec()))
    }));
    App::embedded(&Embedded {
        name: leak::<str>(name.to_owned()),
        path: leak::<str>(format!("apps/{name}")),
        files: leak::<[_]>(embedded),
    })
    .expect("valid")
}

/// The only database of `app`, in schema `schema`.
pub(super) fn target_of(app: &App, schema: &str) -> Arc<Target> {
    let mut target = target::tests::target();
    target.scope.series = Arc::clone(&app.series[0]);
    target.scope.history.schema = schema.to_owned();
    target.scope.history.name = target.series.config.history_table.clone();
    Arc::new(target)
}

/// `app` `database` with four migrations: two plain ones, one without transaction, one with `only-if`.
pub(super) fn target(app: &str, database: &str) -> Arc<Target> {
    target_of(&self::app(app, database, "", &FILES), "public")
}

/// What is recorded after the first `number` migrations of `target`.
pub(super) fn history(target: &Target, number: usize) -> History {
    let mut history = History::default();
    let form = history::created_form(target.series.config.history_version);
    for migration in target.series.migrations.iter().take(number) {
        history.record(form, migration, None);
    }
    for row in &mut history.rows {
        row.applied_on = "2026-01-02T03:04:05.678901Z".to_owned();
    }
    history
}

/// What is pending then.
pub(super) fn plan_after(target: &Target, number: usize) -> Arc<Plan> {
    let history = history(target, number);
    let plan = plan(&target.series, &history, Request::default(), &target.values);
    Arc::new(plan.expect("nothing wrong"))
}

/// Migration `version` of `target`, done in `millis`.
pub(super) fn applied(target: &Target, version: Version, how: How, millis: u64) -> Applied {
    Applied {
        migration: Arc::clone(target.series.migration(version).expect("known")),
        how,
        elapsed: Duration::from_millis(millis),
    }
}

/// How a target ended that stands at `current`, with one plain migration applied if `outcome` says so.
pub(super) fn ended(
    target: &Arc<Target>,
    outcome: Outcome,
    current: Option<Version>,
    problems: Vec<Problem>,
) -> TargetReport {
    let applied = match outcome {
        Outcome::Applied => vec![applied(target, 1, How::InTransaction, 12)],
        _ => Vec::new(),
    };
    TargetReport {
        target: Arc::clone(target),
        outcome,
        applied,
        current,
        problems,
    }
}

/// A run of 940 ms.
pub(super) fn report(targets: Vec<TargetReport>) -> Report {
    Report {
        targets,
        elapsed: Duration::from_millis(940),
        ..Report::default()
    }
}

/// The problem of a migration of `target` that failed at its first word.
pub(super) fn failure(target: &Target, version: Version) -> Problem {
    let migration = target.series.migration(version).expect("known");
    let mut problem = Problem::failed("migration-failed", "no such table")
        .at(migration.source.place(0..6).labelled("PostgreSQL 42P01"))
        .note(format!("{}: nothing of it remains", target.label()));
    problem.sqlstate = Some("42P01".to_owned());
    problem.migration = Some(migration.label());
    problem
}

/// App `name` with a database `workspaces` of that layout, or of `two tracks`, and migrations V1 to V3 of each tenant.
pub(super) fn fleet(name: &str, layout: &str) -> App {
    let tenants = [
        ("V1__members.sql", "create table members ();"),
        ("V2__emails.sql", "alter table members add email text;"),
        (
            "V3__unique_emails.sql",
            "create unique index members_email_key on members (email);",
        ),
    ];
    if layout != "two tracks" {
        return app(
            name,
            "workspaces",
            &format!("layout = \"{layout}\""),
            &tenants,
        );
    }
    let below: Vec<(String, &str)> = tenants
        .iter()
        .map(|(file, text)| (format!("tenant/{file}"), *text))
        .chain([(
            "global/V1__tenants.sql".to_owned(),
            "create table tenants ();",
        )])
        .collect();
    let below: Vec<(&str, &str)> = below.iter().map(|(file, text)| (&**file, *text)).collect();
    app(name, "workspaces", "layout = \"schema-per-tenant\"", &below)
}

/// The tenant or shard `name` of `app`'s last series.
pub(super) fn tenant(app: &App, name: &str) -> Arc<Target> {
    let mut target = target::tests::target();
    let series = app.series.last().expect("one");
    target.scope = Scope::of_tenant(series, name, Values::new());
    Arc::new(target)
}

/// What a unique index says that cannot be made in `target`, for `key` is there twice.
pub(super) fn duplicate(target: &Target, key: &str) -> Problem {
    let migration = target.series.migration(3).expect("known");
    let mut problem = Problem::failed(
        "migration-failed",
        "could not create unique index \"members_email_key\"",
    )
    .at(migration.source.place(0..6).labelled("PostgreSQL 23505"))
    .note(format!("Key (email)=({key}) is duplicated."))
    .note(format!(
        "{}: V3 was rolled back, nothing of it remains; workspaces stands at V2",
        target.label()
    ));
    problem.sqlstate = Some("23505".to_owned());
    problem.migration = Some(migration.label());
    problem
}
