//! Many targets: one look per database, one order over apps, then workers, each with a target at a time.

mod atomic;
mod check;
mod crew;
mod later;
mod look;
mod migrate;
mod mistakes;
mod others;
mod policy;
mod pool;
mod prepared;
mod round;
mod run;
mod shards;
mod status;

pub use later::Later;
pub use migrate::{MigrateRequest, Plans, dry_run, migrate};
pub use others::{baseline, repair, roll_back};
pub use policy::{Canary, MaxFailures, OnError, Policy};
pub use status::{State, Status, TargetStatus, histories, status};
