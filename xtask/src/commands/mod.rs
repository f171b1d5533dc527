//! The commands, and the exit status of each.

mod apps;
mod check;
mod postgres;

use std::path::PathBuf;

use migrations_common::app::App;
use migrations_common::cli::{Development, Functions, Invocation, Reporter, Runtime, args::Format};
use migrations_common::embedded::{Cluster, Search};
use migrations_common::{Environment, Problems};

use crate::cli::{Cli, Command};
use crate::workspace::Workspace;

/// What to type to run a command of ours.
const PROGRAM: &str = "cargo xtask";

/// Runs what the command line asks for.
pub(crate) fn run(cli: &Cli) -> u8 {
    let format = match &cli.command {
        Command::Apps { format } => *format,
        Command::Check(args) => args.format,
        Command::RunTime(command) => command.place().format,
        Command::Postgres { .. } => Format::Human,
    };
    let environment = Environment::of_process();
    let reporter = Reporter::new(format, false, false, Invocation::of(PROGRAM), &environment);
    let result = Workspace::discover(cli.manifest_path.as_deref()).and_then(|workspace| match &cli
        .command
    {
        Command::Apps { .. } => Ok(apps::run(&workspace, &reporter)),
        Command::Check(args) => check::run(&workspace, args, &reporter, &environment),
        Command::RunTime(command) => {
            reporter.warnings(&workspace.warnings);
            Ok(migrations_common::cli::run(
                command,
                &runtime(workspace, format, environment.clone()),
            ))
        }
        Command::Postgres { command } => postgres::run(&workspace, command, &environment),
    });
    result.unwrap_or_else(|problems: Problems| {
        reporter.problems(&problems);
        problems.exit_code()
    })
}

fn runtime(workspace: Workspace, format: Format, environment: Environment) -> Runtime {
    let told = environment.clone();
    let (cluster, search, shown) = server(&workspace, &environment);
    let mut running = None;
    let development = Development::new(move |database, make| {
        let server = match running.take() {
            Some(server) => server,
            None => {
                let server = cluster.start_or_reuse(&search)?;
                Reporter::new(format, false, false, Invocation::of(PROGRAM), &told).server(
                    &server.version.to_string(),
                    &shown,
                    server.started,
                );
                server
            }
        };
        if make {
            server.ensure_database(database)?;
        }
        Ok(running.insert(server).url(database))
    });
    Runtime {
        apps: workspace.apps,
        broken: workspace.broken,
        environment,
        program: PROGRAM.to_owned(),
        root: Some(workspace.root),
        functions: Functions::OfBinary(tenants_of_binary),
        runs: Some(workspace.target_directory.join("migrations/runs")),
        development: Some(development),
    }
}

/// What asks the binary of `app` for the tenants that its function `name` lists: cargo builds it if need be.
fn tenants_of_binary(app: &App, name: &str, environment: &str) -> Vec<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let run = ["run", "--quiet", "--package", &app.name, "--"];
    let ask = ["tenants", name, "--env", environment];
    let words = run.into_iter().chain(ask).map(str::to_owned);
    std::iter::once(cargo).chain(words).collect()
}

/// The workspace's embedded server: its cluster, where to find PostgreSQL, and how messages call its directory.
fn server(workspace: &Workspace, environment: &Environment) -> (Cluster, Search, String) {
    let directory: PathBuf = workspace.target_directory.join("postgres");
    let shown = directory
        .strip_prefix(&workspace.root)
        .unwrap_or(&directory)
        .display()
        .to_string();
    let search = Search::of(environment, directory.join("packages"));
    (Cluster::new(directory), search, shown)
}
