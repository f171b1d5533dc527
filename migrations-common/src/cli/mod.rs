//! What xtask and every app binary share: flags, commands, reporters. Nothing in the engine depends on it.

pub mod args;
mod commands;
pub mod report;
mod reporter;
mod runtime;
mod signals;
mod targets;

use std::process::ExitCode;

use clap::{Args, Parser};

use crate::app::{App, Embedded};
use crate::environment::Environment;
use args::{RunTime, Selection};

pub use commands::run;
pub use reporter::Reporter;
pub use runtime::{Development, Runtime};
pub use targets::development_name;

/// No app can be named: the binary is its app's.
#[derive(Debug, Args)]
pub struct Own {}

impl Selection for Own {
    const NAMES_APPS: bool = false;
    fn names(&self) -> &[String] {
        &[]
    }
    fn all(&self) -> bool {
        true
    }
}

#[derive(Parser)]
#[command(
    version,
    about = "Runs this app's database migrations",
    arg_required_else_help = true
)]
struct Command {
    #[command(subcommand)]
    command: RunTime<Own, Own>,
}

/// The `main` of an app's binary: a migrator that needs neither cargo nor the source tree.
pub fn main(embedded: &Embedded) -> ExitCode {
    let command = Command::parse().command;
    let (apps, broken) = match App::embedded(embedded) {
        Ok(app) => (vec![app], Vec::new()),
        Err(problems) => (Vec::new(), vec![(embedded.name.to_owned(), problems)]),
    };
    let runtime = Runtime {
        apps,
        broken,
        environment: Environment::of_process(),
        program: embedded.name.to_owned(),
        development: None,
    };
    ExitCode::from(run(&command, &runtime))
}
