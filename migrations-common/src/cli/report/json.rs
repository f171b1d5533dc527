//! Reports as JSON, for programs. The keys are a contract: one is added at any time, none is renamed or taken away.

mod event;
mod part;

use std::sync::Arc;

use serde_json::{Value, json};

use super::recorded::Recorded;
use crate::app::App;
use crate::config::DatabaseConfig;
use crate::fleet::{State, Status};
use crate::history::History;
use crate::migration::Migration;
use crate::plan::Plan;
use crate::prepare::Prepared;
use crate::problem::Problem;
use crate::report::Report;
use crate::target::Target;
use crate::track::Track;
use part::{applied, error, errors, first, label, millis, target};

pub use event::event;

/// The version of the contract.
const SCHEMA_VERSION: u64 = 1;

fn document(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let version = ("schema_version", SCHEMA_VERSION.into());
    let entries = std::iter::once(version).chain(entries);
    Value::Object(
        entries
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

/// Files that `--sql` wrote.
pub fn written(files: &[String]) -> Value {
    document([("files", files.iter().map(String::as_str).collect())])
}

/// How a run ended: of migrate, rollback, baseline and repair.
pub fn report(report: &Report) -> Value {
    let targets = report.targets.iter().map(|one| {
        let mut entry = target(&one.target);
        entry.insert("outcome".to_owned(), one.outcome.word().into());
        entry.insert(
            "applied".to_owned(),
            one.applied.iter().map(applied).collect(),
        );
        entry.insert("error".to_owned(), first(&one.problems));
        Value::Object(entry)
    });
    document([
        ("targets", targets.collect()),
        ("elapsed_ms", millis(report.elapsed)),
    ])
}

/// How targets stand.
pub fn status(status: &Status) -> Value {
    let targets = status.targets.iter().map(|one| {
        let mut entry = target(&one.target);
        let stopped = matches!(one.state, State::Diverged | State::Unreachable);
        let problems = if stopped {
            one.problems.as_slice()
        } else {
            &[]
        };
        let pending = one.pending.iter().map(|migration| label(migration));
        entry.insert("environment".to_owned(), (*one.target.environment).into());
        entry.insert("state".to_owned(), one.state.word().into());
        entry.insert("current".to_owned(), one.current.into());
        entry.insert("head".to_owned(), one.head.into());
        entry.insert("pending".to_owned(), pending.collect());
        entry.insert("error".to_owned(), first(problems));
        Value::Object(entry)
    });
    document([("targets", targets.collect())])
}

/// What is recorded. `state` tells how a row relates to its file: `applied`, `skipped`, `edited`, `line_ends`, `file_missing`.
pub fn history(histories: &[(Arc<Target>, Result<History, Problem>)]) -> Value {
    let targets = histories.iter().map(|(of, history)| {
        let mut entry = target(of);
        let rows = history
            .as_ref()
            .map_or(&[] as &[_], |history| &history.rows);
        let rows = rows.iter().map(|row| {
            json!({
                "version": row.version,
                "name": row.name,
                "applied_on": row.applied_on,
                // As the table has it: 64 bits are more than a JSON number is sure to keep.
                "checksum": row.checksum.to_string(),
                "state": Recorded::of(&of.series, row).word(),
                "outcome": row.outcome,
            })
        });
        entry.insert("environment".to_owned(), (*of.environment).into());
        entry.insert("history".to_owned(), rows.collect());
        entry.insert(
            "error".to_owned(),
            history.as_ref().err().map_or(Value::Null, error),
        );
        Value::Object(entry)
    });
    document([("targets", targets.collect())])
}

/// What would run, and what stands in the way.
pub fn plans(plans: &[(Arc<Target>, Arc<Plan>)], report: &Report) -> Value {
    let planned = plans.iter().map(|(of, plan)| {
        let end = report
            .targets
            .iter()
            .find(|one| Arc::ptr_eq(&one.target, of));
        let problems = end.map_or(&[] as &[Problem], |one| &one.problems);
        plan_of(of, &plan.pending, problems)
    });
    let is_planned = |of: &Arc<Target>| plans.iter().any(|(target, _)| Arc::ptr_eq(target, of));
    let others = report
        .targets
        .iter()
        .filter(|one| !one.problems.is_empty() && !is_planned(&one.target))
        .map(|one| plan_of(&one.target, &[], &one.problems));
    document([("plans", planned.chain(others).collect())])
}

fn plan_of(of: &Target, pending: &[Prepared], problems: &[Problem]) -> Value {
    let mut entry = target(of);
    let migrations = pending.iter().map(|file| {
        json!({
            "version": file.migration.version,
            "name": file.migration.name,
            "transactional": !file.directives.no_transaction,
        })
    });
    entry.remove("schema");
    entry.insert("migrations".to_owned(), migrations.collect());
    entry.insert("error".to_owned(), first(problems));
    Value::Object(entry)
}

/// What was discovered, and what is wrong with it.
pub fn apps(apps: &[App], problems: &[Problem]) -> Value {
    let of_files = apps
        .iter()
        .flat_map(|app| &app.series)
        .flat_map(|series| &series.problems)
        .map(|malformed| &malformed.0);
    let entries = apps.iter().map(|app| {
        json!({
            "name": app.name,
            "path": app.path,
            "databases": app.config.databases.iter().map(|one| database(app, one)).collect::<Value>(),
        })
    });
    document([
        ("apps", entries.collect()),
        ("problems", errors(problems.iter().chain(of_files))),
    ])
}

/// What is wrong before any target is known.
pub fn problems(problems: &[Problem]) -> Value {
    document([("problems", errors(problems))])
}

fn database(app: &App, config: &DatabaseConfig) -> Value {
    let migrations = app.series_of(&config.name).flat_map(|series| {
        let migrations = series.migrations.iter();
        migrations.map(|one| migration(one, series.track))
    });
    json!({
        "name": config.name,
        "layout": config.layout.word(),
        "shared": config.shared,
        "history_table": config.history_table,
        "migrations": migrations.collect::<Value>(),
    })
}

fn migration(migration: &Migration, track: Option<Track>) -> Value {
    let requires = migration.directives.requires.iter();
    json!({
        "version": migration.version,
        "name": migration.name,
        "track": track.map(Track::word),
        "path": &*migration.source.path,
        "transactional": !migration.directives.no_transaction,
        "requires": requires.map(ToString::to_string).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests;
