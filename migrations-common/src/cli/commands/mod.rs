//! The run-time commands, each of the same shape: `run(runtime, arguments, reporter) -> exit status or problems`.

mod history;
mod migrate;
mod record;
mod scripts;
mod status;
mod waiting;

use std::time::SystemTime;

use super::args::{Place, RunTime, Selection};

use super::reporter::Reporter;
use super::runtime::Runtime;
use super::{runs, signals};
use crate::app::App;
use crate::interrupt::Interrupt;
use crate::problem::{Problem, Problems};
use crate::report::Report;
use crate::runner::Context;
use crate::track::Track;

pub use waiting::{Waiting, waiting};

/// Runs `command` and returns the exit status.
pub fn run<Many: Selection, One: Selection>(command: &RunTime<Many, One>, runtime: &Runtime) -> u8 {
    let place = command.place();
    let invocation = command.invocation(&runtime.program);
    let reporter = Reporter::new(
        place.format,
        place.events,
        place.verbose,
        invocation,
        &runtime.environment,
    );
    let result = match command {
        RunTime::Migrate(args) => migrate::run(runtime, args, &reporter),
        RunTime::Status(args) => status::run(runtime, args, &reporter),
        RunTime::History(args) => history::run(runtime, args, &reporter),
        RunTime::Rollback(args) => record::rollback(runtime, args, &reporter),
        RunTime::Baseline(args) => record::baseline(runtime, args, &reporter),
        RunTime::Repair(args) => record::repair(runtime, args, &reporter),
    };
    result.unwrap_or_else(|problems| {
        reporter.problems(&problems);
        problems.exit_code()
    })
}

/// The apps that were named, or all of them.
fn choose<'r>(
    runtime: &'r Runtime,
    selection: &impl Selection,
    all_by_default: bool,
) -> Result<Vec<&'r App>, Problems> {
    let names = selection.names();
    let all = selection.all() || (names.is_empty() && all_by_default);
    let mut problems = Problems::default();
    if all && !names.is_empty() {
        problems.push(Problem::usage(
            "apps-and-all",
            "--all means every app; name some or say --all",
        ));
    }
    if !all && names.is_empty() {
        let known: Vec<&str> = runtime.apps.iter().map(|app| app.name.as_str()).collect();
        problems.push(Problem::usage("no-app-named", "which app?").help(format!(
            "name one, or say --all (apps: {})",
            known.join(", ")
        )));
    }
    let mut chosen: Vec<&App> = Vec::new();
    if all {
        for (_, broken) in &runtime.broken {
            problems.0.extend(broken.0.iter().cloned());
        }
        chosen.extend(&runtime.apps);
    }
    for name in names {
        if let Some(app) = problems.take(runtime.app(name))
            && !chosen.iter().any(|other| other.name == app.name)
        {
            chosen.push(app);
        }
    }
    if all && chosen.is_empty() && problems.0.is_empty() {
        problems.push(
            Problem::usage(
                "no-apps",
                "there are no apps: no workspace member has a migrations.toml",
            )
            .help("put a migrations.toml beside the Cargo.toml of a member"),
        );
    }
    problems.or_ok(chosen)
}

/// What a run needs besides its targets.
fn context(
    runtime: &Runtime,
    place: &Place,
    reporter: &Reporter,
    lock_wait: std::time::Duration,
) -> Result<Context, Problem> {
    let interrupt = Interrupt::default();
    signals::watch(&interrupt)?;
    Ok(Context {
        observer: reporter.observer(),
        interrupt,
        lock_wait,
        patience: None,
        program: runtime.program_in(place),
        known: runtime.series().into(),
    })
}

/// Tells how a run ended, keeps it in a run file, and returns the exit status.
fn ended(runtime: &Runtime, reporter: &Reporter, started: SystemTime, report: &Report) -> u8 {
    let written = runtime
        .runs
        .as_ref()
        .map(|directory| runs::write(directory, &reporter.invocation().words(), started, report));
    let file = match written.transpose() {
        Ok(file) => file,
        Err(problem) => {
            reporter.warnings(&[problem]);
            None
        }
    };
    let shown = file.as_deref().map(|file| {
        let root = runtime.root.as_deref();
        root.and_then(|root| file.strip_prefix(root).ok())
            .unwrap_or(file)
    });
    reporter.report(report, shown);
    report.exit_code()
}

/// The one database that a command means which works on one.
fn one_database<'a>(app: &'a App, place: &Place) -> Result<&'a str, Problem> {
    match (place.databases.as_slice(), app.config.databases.as_slice()) {
        ([name], _) => app.database(name).map(|database| database.name.as_str()),
        ([], [only]) => Ok(&only.name),
        _ => {
            let names: Vec<&str> = app
                .config
                .databases
                .iter()
                .map(|d| d.name.as_str())
                .collect();
            Err(Problem::usage(
                "which-database",
                format!("which database of {}? Versions belong to one", app.name),
            )
            .help(format!("--database {}", names.join(" or --database "))))
        }
    }
}

/// Versions belong to one track too.
fn one_track(app: &App, place: &Place) -> Result<(), Problem> {
    for database in &app.config.databases {
        let series = app.series_of(&database.name).filter(|s| place.means(s));
        let tracks: Vec<&str> = series
            .filter_map(|series| series.track)
            .map(Track::word)
            .collect();
        if tracks.len() > 1 {
            return Err(Problem::usage(
                "which-track",
                format!(
                    "which track of {}/{}? Versions belong to one",
                    app.name, database.name
                ),
            )
            .help(format!("--track {}", tracks.join(" or --track "))));
        }
    }
    Ok(())
}
