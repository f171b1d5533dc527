//! `postgres`: the embedded server by hand.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::Command;

use migrations_common::app::App;
use migrations_common::cli::development_name;
use migrations_common::config::{DatabaseConfig, Layout};
use migrations_common::embedded::{Running, Status};
use migrations_common::problem::unknown_name;
use migrations_common::{Environment, Problem, Problems};

use super::server;
use crate::cli::Postgres;
use crate::workspace::Workspace;

pub(super) fn run(
    workspace: &Workspace,
    command: &Postgres,
    environment: &Environment,
) -> Result<u8, Problems> {
    let (cluster, mut search, shown) = server(workspace, environment);
    match command {
        Postgres::Start { postgres } => {
            search.major = *postgres;
            let running = cluster.start_or_reuse(&search)?;
            let how = running.started.map_or_else(
                || "runs already".to_owned(),
                |time| format!("started in {:.1} s", time.as_secs_f64()),
            );
            say(&format!(
                "PostgreSQL {} {how}: {}",
                running.version,
                running.url("postgres")
            ));
        }
        Postgres::Stop => {
            let stopped = cluster.stop()?;
            say(if stopped {
                "stopped"
            } else {
                "nothing to stop: it does not run"
            });
        }
        Postgres::Status => match cluster.status()? {
            Status::Absent => {
                say(&format!(
                    "no data in {shown}: the first `cargo xtask migrate` makes it"
                ));
            }
            Status::Stopped { major } => {
                say(&format!("PostgreSQL {major} in {shown} does not run"));
            }
            Status::Silent { pid } => say(&format!(
                "a server with pid {pid} in {shown} does not answer"
            )),
            Status::Running(running) => {
                let Running {
                    version, pid, log, ..
                } = &running;
                say(&format!("PostgreSQL {version} runs with pid {pid}"));
                say(&format!(
                    "url  {}\nlog  {}",
                    running.url("postgres"),
                    log.display()
                ));
            }
        },
        Postgres::Reset => {
            let was = cluster.reset()?;
            say(&if was {
                format!("deleted the data in {shown}")
            } else {
                format!("there was no data in {shown}")
            });
        }
        Postgres::Psql {
            app,
            database,
            arguments,
        } => {
            let name = database_name(workspace, app.as_deref(), database.as_deref())?;
            let Some(psql) = search.program("psql") else {
                return Err(Problem::config("no-psql", "there is no psql on this machine")
                    .help("Debian, Ubuntu: apt-get install postgresql-client; Fedora: dnf install postgresql; macOS: brew install libpq")
                    .into());
            };
            let running = cluster.start_or_reuse(&search)?;
            let error = Command::new(&psql)
                .arg(running.url(&name))
                .args(arguments)
                .exec();
            return Err(
                Problem::failed("psql", format!("cannot run {}: {error}", psql.display())).into(),
            );
        }
    }
    Ok(0)
}

/// The server's database that is meant: an app's, or one by its own name.
fn database_name(
    workspace: &Workspace,
    first: Option<&str>,
    second: Option<&str>,
) -> Result<String, Problem> {
    let Some(first) = first else {
        return Ok("postgres".to_owned());
    };
    let app = workspace.apps.iter().find(|app| app.name == first);
    match (app, second) {
        (Some(app), Some(database)) => only_one(app, app.database(database)?),
        (Some(app), None) => match app.config.databases.first() {
            Some(database) => only_one(app, database),
            None => Err(Problem::usage(
                "unknown-database",
                format!("{first} has no database"),
            )),
        },
        (None, None) => {
            let databases = |app: &App| -> Vec<(String, bool)> {
                let databases = app.config.databases.iter();
                databases
                    .map(|one| (development_name(&app.name, one), is_many(one)))
                    .collect()
            };
            let known: Vec<(String, bool)> = workspace.apps.iter().flat_map(databases).collect();
            let is_meant = |(name, is_many): &(String, bool)| match first.strip_prefix(name) {
                Some(rest) if *is_many => rest.starts_with('_'),
                Some(rest) => rest.is_empty(),
                None => false,
            };
            if first == "postgres" || known.iter().any(is_meant) {
                return Ok(first.to_owned());
            }
            let apps = workspace.apps.iter().map(|app| app.name.as_str());
            let all = known.iter().map(|(name, _)| name.as_str()).chain(apps);
            Err(Problem::usage(
                "unknown-database",
                unknown_name("app or database", first, all),
            ))
        }
        (None, Some(_)) => {
            let apps = workspace.apps.iter().map(|app| app.name.as_str());
            Err(Problem::usage(
                "unknown-app",
                unknown_name("app", first, apps),
            ))
        }
    }
}

/// The server's database of `app` that `config` means, unless each tenant or shard has its own.
fn only_one(app: &App, config: &DatabaseConfig) -> Result<String, Problem> {
    let name = development_name(&app.name, config);
    if !is_many(config) {
        return Ok(name);
    }
    Err(Problem::usage(
        "which-database",
        format!(
            "{} of {} is many databases: {name}_NAME for each tenant or shard",
            config.name, app.name
        ),
    )
    .help(format!("cargo xtask postgres psql {name}_NAME")))
}

fn is_many(config: &DatabaseConfig) -> bool {
    matches!(config.layout, Layout::DatabasePerTenant | Layout::Sharded)
}

/// One line on stdout; who closed it does not want it.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
