//! Migrates this app's databases; needs neither cargo nor the source tree.

use std::process::ExitCode;

use migrations_common::cli::Main;

fn main() -> ExitCode {
    Main::new(&app4::MIGRATIONS)
        .tenants("ledgers", app4::ledgers)
        .run()
}
