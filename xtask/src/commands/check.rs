//! `check`: what has to be settled before this work lands.

use std::sync::Arc;

use migrations_common::app::{App, Series};
use migrations_common::cli::Reporter;
use migrations_common::cli::args::Format;
use migrations_common::migration::Migration;
use migrations_common::problem::unknown_name;
use migrations_common::{Environment, Problem, Problems};

use super::server;
use crate::cli::Check;
use crate::coordination::{self, Prover};
use crate::git::Git;
use crate::new_migrations::{self, NewMigrations, NewSeries, Origin, Request};
use crate::workspace::Workspace;

/// Something has to be settled.
const FINDINGS: u8 = 3;

pub(super) fn run(
    workspace: &Workspace,
    args: &Check,
    reporter: &Reporter,
    environment: &Environment,
) -> Result<u8, Problems> {
    refuse_unknown(workspace, &args.apps)?;
    refuse_broken(workspace)?;
    let new = match &args.env {
        Some(name) => not_applied(workspace, name, reporter, environment)?,
        None => new_migrations::find(
            workspace,
            &Request {
                base: args.base.clone(),
                against: args.against.clone(),
                against_untrusted: args.against_untrusted.clone(),
            },
        )?,
    };
    reporter.warnings(&workspace.warnings);
    reporter.warnings(&new.warnings);
    let prover = if args.prove {
        Some(prover(workspace, &new, reporter, environment)?)
    } else {
        None
    };
    let mut check = coordination::check(workspace, &new, prover)?;
    if !args.apps.is_empty() {
        (check.findings).retain(|one| {
            one.apps.is_empty() || one.apps.iter().any(|app| args.apps.contains(app))
        });
    }
    reporter.check(&check);
    Ok(if check.fails() { FINDINGS } else { 0 })
}

/// The embedded server, and the apps as they stand on the base: what proofs start from.
fn prover<'w>(
    workspace: &'w Workspace,
    new: &NewMigrations,
    reporter: &Reporter,
    environment: &Environment,
) -> Result<Prover<'w>, Problems> {
    let base = match (&new.base, Git::open(&workspace.root)?) {
        (Some(base), Some(git)) => new_migrations::apps_at(&git, workspace, &base.tip)?,
        _ => without_new(&workspace.apps, new),
    };
    let (cluster, search, shown) = server(workspace, environment);
    let running = cluster.start_or_reuse(&search)?;
    reporter.server(&running.version.to_string(), &shown, running.started);
    Ok(Prover::new(running, base, &workspace.apps))
}

/// What is not applied yet in the environment `name`: new there, wherever it landed.
fn not_applied(
    workspace: &Workspace,
    name: &str,
    reporter: &Reporter,
    environment: &Environment,
) -> Result<NewMigrations, Problems> {
    let runtime = super::runtime(workspace.clone(), Format::Human, environment.clone());
    let series = migrations_common::cli::waiting(&runtime, name, reporter)?;
    let series = series.into_iter().map(|waiting| NewSeries {
        origin: Origin::Here,
        series: waiting.series,
        new: waiting.migrations.into_values().collect(),
    });
    Ok(NewMigrations {
        base: None,
        refs: Vec::new(),
        series: series.collect(),
        warnings: Vec::new(),
    })
}

/// The apps as they were before what is new: what an environment has, if that is what was asked about.
fn without_new(apps: &[App], new: &NewMigrations) -> Vec<App> {
    let is_new = |series: &Series, migration: &Migration| {
        (new.series.iter()).any(|one| {
            one.series.name() == series.name()
                && one.new.iter().any(|new| new.version == migration.version)
        })
    };
    let before = |series: &Arc<Series>| {
        let mut before = Series::clone(series);
        before
            .migrations
            .retain(|migration| !is_new(series, migration));
        Arc::new(before)
    };
    let of_app = |app: &App| App {
        series: app.series.iter().map(before).collect(),
        ..app.clone()
    };
    apps.iter().map(of_app).collect()
}

fn refuse_unknown(workspace: &Workspace, names: &[String]) -> Result<(), Problems> {
    let known = || {
        let sound = workspace.apps.iter().map(|app| app.name.as_str());
        sound.chain(workspace.broken.iter().map(|(name, _)| name.as_str()))
    };
    let mut problems = Problems::default();
    for name in names.iter().filter(|name| !known().any(|one| one == *name)) {
        problems.push(Problem::usage(
            "unknown-app",
            unknown_name("app", name, known()),
        ));
    }
    problems.or_ok(())
}

/// What is wrong with an app's config hides what its migrations do.
fn refuse_broken(workspace: &Workspace) -> Result<(), Problems> {
    let problems = workspace
        .broken
        .iter()
        .flat_map(|(_, problems)| problems.0.clone());
    Problems(problems.collect()).or_ok(())
}
