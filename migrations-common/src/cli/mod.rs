//! What xtask and every app binary share: flags, commands, reporters. Nothing in the engine depends on it.

pub mod args;
mod commands;
pub mod report;
mod reporter;
pub mod runs;
mod runtime;
mod signals;
mod targets;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::app::{App, Embedded};
use crate::environment::Environment;
use crate::tenants;
use args::{RunTime, Selection};

pub use commands::{Waiting, run, waiting};
pub use report::Invocation;
pub use reporter::Reporter;
pub use runtime::{Development, Functions, Runtime, TenantFunction};
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
    command: Commands,
}

#[derive(Subcommand)]
enum Commands {
    #[command(flatten)]
    RunTime(Box<RunTime<Own, Own>>),
    /// Print what a function of this app says the tenants are, as JSON; for `cargo xtask`
    #[command(hide = true)]
    Tenants {
        /// The name that `migrations.toml` uses
        function: String,
        /// The environment
        #[arg(long, value_name = "ENV", default_value = crate::config::DEV)]
        env: String,
    },
}

/// The `main` of an app's binary: a migrator that needs neither cargo nor the source tree.
pub struct Main {
    embedded: &'static Embedded,
    functions: BTreeMap<String, TenantFunction>,
}

impl Main {
    /// The migrator of the app that `embedded` holds.
    pub fn new(embedded: &'static Embedded) -> Self {
        Main {
            embedded,
            functions: BTreeMap::new(),
        }
    }

    /// Makes `function` known by the name that `tenants = { function = "…" }` in `migrations.toml` uses.
    #[must_use]
    pub fn tenants(mut self, name: &str, function: TenantFunction) -> Self {
        self.functions.insert(name.to_owned(), function);
        self
    }

    /// Does what the command line says.
    pub fn run(self) -> ExitCode {
        let command = match Command::parse().command {
            Commands::RunTime(command) => command,
            Commands::Tenants { function, env } => return self.print_tenants(&function, &env),
        };
        let embedded = self.embedded;
        let (apps, broken) = match App::embedded(embedded) {
            Ok(app) => (vec![app], Vec::new()),
            Err(problems) => (Vec::new(), vec![(embedded.name.to_owned(), problems)]),
        };
        let runtime = Runtime {
            apps,
            broken,
            environment: Environment::of_process(),
            program: embedded.name.to_owned(),
            root: None,
            functions: Functions::Own(self.functions),
            runs: None,
            development: None,
        };
        ExitCode::from(run(&command, &runtime))
    }

    fn print_tenants(&self, name: &str, environment: &str) -> ExitCode {
        let listed = match self.functions.get(name) {
            Some(function) => function(environment).map_err(|error| error.to_string()),
            None => Err(format!("main.rs makes no function `{name}` known")),
        };
        let written = listed.and_then(|tenants| {
            let text = tenants::to_json(&tenants);
            writeln!(std::io::stdout(), "{text}").map_err(|error| error.to_string())
        });
        match written {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                // Who asked shows it.
                let _ = writeln!(std::io::stderr(), "{message}");
                ExitCode::FAILURE
            }
        }
    }
}

/// The `main` of an app's binary that has no functions to make known.
pub fn main(embedded: &'static Embedded) -> ExitCode {
    Main::new(embedded).run()
}
