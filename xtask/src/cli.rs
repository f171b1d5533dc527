//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use migrations_common::cli::args::{Format, RunTime, Selection};

/// Finds every app of the workspace and runs its database migrations.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    version,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    /// Work on the workspace of this Cargo.toml
    #[arg(long, value_name = "PATH", global = true)]
    pub(crate) manifest_path: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the apps, their databases and their migrations
    Apps {
        /// How to answer
        #[arg(long, value_enum, default_value = "human")]
        format: Format,
    },
    /// Compare what is new with what others change, and with who owns what
    Check(Check),
    #[command(flatten)]
    RunTime(Box<RunTime<Apps, App>>),
    /// The embedded server, where `dev` lives
    Postgres {
        #[command(subcommand)]
        command: Postgres,
    },
}

/// What `check` compares.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Only findings that concern these apps
    #[arg(value_name = "APP")]
    pub(crate) apps: Vec<String>,
    /// The branch that this work goes into [default: the remote's default branch]
    #[arg(long, value_name = "REF")]
    pub(crate) base: Option<String>,
    /// Compare with this branch too, or with all that a glob such as `origin/pr/*` names
    #[arg(long, value_name = "REF")]
    pub(crate) against: Vec<String>,
    /// The same for branches of forks: read, and never run
    #[arg(long, value_name = "REF")]
    pub(crate) against_untrusted: Vec<String>,
    /// Take as new what is not yet applied in this environment, whatever git says
    #[arg(long, value_name = "ENV", conflicts_with_all = ["base", "against", "against_untrusted"])]
    pub(crate) env: Option<String>,
    /// Run what conflicts in both orders, on the embedded server
    #[arg(long)]
    pub(crate) prove: bool,
    /// How to answer
    #[arg(long, value_enum, default_value = "human")]
    pub(crate) format: Format,
}

/// Some apps, or all.
#[derive(Debug, Args)]
pub(crate) struct Apps {
    /// The apps
    #[arg(value_name = "APP")]
    apps: Vec<String>,
    /// Every app
    #[arg(long)]
    all: bool,
}

/// One app.
#[derive(Debug, Args)]
pub(crate) struct App {
    /// The app
    #[arg(value_name = "APP")]
    app: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Postgres {
    /// Start the server
    Start {
        /// Take this major version, from a package if the machine does not have it
        #[arg(long, value_name = "MAJOR")]
        postgres: Option<u32>,
    },
    /// Stop the server; its data stays
    Stop,
    /// Say whether the server runs, where and which version
    Status,
    /// Stop the server and delete its data
    Reset,
    /// Open psql
    Psql {
        /// An app, or a database of the server
        #[arg(value_name = "APP")]
        app: Option<String>,
        /// A database of the app
        #[arg(value_name = "DATABASE")]
        database: Option<String>,
        /// What psql gets, after `--`
        #[arg(last = true, value_name = "PSQL ARGUMENTS")]
        arguments: Vec<String>,
    },
}

impl Selection for Apps {
    const NAMES_APPS: bool = true;
    fn names(&self) -> &[String] {
        &self.apps
    }
    fn all(&self) -> bool {
        self.all
    }
}

impl Selection for App {
    const NAMES_APPS: bool = true;
    fn names(&self) -> &[String] {
        std::slice::from_ref(&self.app)
    }
    fn all(&self) -> bool {
        false
    }
}
