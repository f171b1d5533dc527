//! Many targets: one look per database, one order over apps, then each target's runner in turn.

mod look;
mod migrate;
mod others;
mod status;

pub use look::{Found, look};
pub use migrate::{MigrateRequest, dry_run, migrate};
pub use others::{baseline, repair, roll_back};
pub use status::{State, Status, TargetStatus, histories, status};
