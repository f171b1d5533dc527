//! The developer and CI runner: finds every app of a workspace and runs each on its own.

mod cli;
mod commands;
mod coordination;
mod git;
mod new_migrations;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    ExitCode::from(commands::run(&cli::Cli::parse()))
}
