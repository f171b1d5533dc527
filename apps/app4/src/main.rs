//! Migrates this app's databases; needs neither cargo nor the source tree.

use std::process::ExitCode;

fn main() -> ExitCode {
    migrations_common::cli::main(&app4::MIGRATIONS)
}
