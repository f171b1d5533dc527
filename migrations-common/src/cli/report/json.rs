//! Reports as JSON, for programs. The keys are a contract: one is added at any time, none is renamed or taken away.
//!
//! Each document is one line, written target by target. `unresolved`, the series whose targets nobody could name, is
//! there even if empty.

mod check;
mod document;
mod event;
mod part;

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
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
use crate::report::{Report, Unresolved};
use crate::target::Target;
use crate::track::Track;
use document::Document;
use part::{applied, error, first, label, millis, target};

pub use check::check;
pub use event::event;

/// What a run file says besides its report.
pub struct Run<'r> {
    /// The command, word by word, without a secret.
    pub command: &'r [String],
    /// When it began, in RFC 3339.
    pub started: &'r str,
}

/// Files that `--sql` wrote.
pub fn written(out: &mut dyn Write, files: &[String]) -> io::Result<()> {
    let mut document = Document::begin(out)?;
    document.list("files", files.iter().map(|file| file.as_str().into()))?;
    document.end()
}

/// How a run ended: of migrate, rollback, baseline and repair.
pub fn report(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut document = Document::begin(out)?;
    end_of_run(&mut document, report)?;
    document.end()
}

/// The same with the run's command, its beginning and its exit status: `exit_code`.
pub fn run_file(out: &mut dyn Write, run: &Run<'_>, report: &Report) -> io::Result<()> {
    let mut document = Document::begin(out)?;
    document.entry("command", run.command)?;
    document.entry("started", run.started)?;
    document.entry("exit_code", report.exit_code())?;
    end_of_run(&mut document, report)?;
    document.end()
}

fn end_of_run(document: &mut Document<'_>, report: &Report) -> io::Result<()> {
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
    document.list("targets", targets)?;
    document.list("unresolved", unresolved(&report.unresolved))?;
    document.entry("elapsed_ms", millis(report.elapsed))
}

/// Series whose targets nobody could name, and why.
fn unresolved(unresolved: &[Unresolved]) -> impl Iterator<Item = Value> {
    unresolved.iter().map(|one| {
        json!({
            "app": one.series.app,
            "database": one.series.config.name,
            "track": one.series.track.map(Track::word),
            "error": error(&one.problem),
        })
    })
}

/// How targets stand.
pub fn status(out: &mut dyn Write, status: &Status) -> io::Result<()> {
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
    let mut document = Document::begin(out)?;
    document.list("targets", targets)?;
    document.list("unresolved", unresolved(&status.unresolved))?;
    document.end()
}

/// What is recorded. `state` tells how a row relates to its file: `applied`, `skipped`, `edited`, `line_ends`, `file_missing`.
pub fn history(
    out: &mut dyn Write,
    histories: &[(Arc<Target>, Result<History, Problem>)],
) -> io::Result<()> {
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
    let mut document = Document::begin(out)?;
    document.list("targets", targets)?;
    document.end()
}

/// What would run, and what stands in the way.
pub fn plans(
    out: &mut dyn Write,
    plans: &[(Arc<Target>, Arc<Plan>)],
    report: &Report,
) -> io::Result<()> {
    let ends: HashMap<*const Target, &[Problem]> = report
        .targets
        .iter()
        .map(|one| (Arc::as_ptr(&one.target), &*one.problems))
        .collect();
    let planned = plans.iter().map(|(of, plan)| {
        let problems = ends.get(&Arc::as_ptr(of)).copied().unwrap_or_default();
        plan_of(of, &plan.pending, problems)
    });
    let has_plan: HashSet<*const Target> = plans.iter().map(|(of, _)| Arc::as_ptr(of)).collect();
    let others = report
        .targets
        .iter()
        .filter(|one| !one.problems.is_empty() && !has_plan.contains(&Arc::as_ptr(&one.target)))
        .map(|one| plan_of(&one.target, &[], &one.problems));
    let mut document = Document::begin(out)?;
    document.list("plans", planned.chain(others))?;
    document.list("unresolved", unresolved(&report.unresolved))?;
    document.end()
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
pub fn apps(out: &mut dyn Write, apps: &[App], problems: &[Problem]) -> io::Result<()> {
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
    let mut document = Document::begin(out)?;
    document.list("apps", entries)?;
    document.list("problems", problems.iter().chain(of_files).map(error))?;
    document.end()
}

/// What is wrong before any target is known.
pub fn problems(out: &mut dyn Write, problems: &[Problem]) -> io::Result<()> {
    let mut document = Document::begin(out)?;
    document.list("problems", problems.iter().map(error))?;
    document.end()
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
