//! Who takes part.

pub(crate) mod alembic;
mod engine;
mod floor;
mod refinery;
mod spread;

use std::path::Path;

use crate::Failure;
use crate::place::Place;
use crate::workload::Files;

/// A way to migrate.
pub(crate) trait Candidate {
    /// What the table calls it.
    fn name(&self) -> &'static str;

    /// Where it records in each schema what was applied.
    fn history(&self) -> History;

    /// Whether this process does the work, so that its memory is the candidate's.
    fn works_in_this_process(&self) -> bool {
        true
    }

    /// Loads `files`. What is returned connects, and brings all schemas of `place` to the head, as many at once as there
    /// are `workers`.
    fn prepare(&self, place: &Place, files: &Files, workers: usize) -> Result<Migrate, Failure>;
}

/// The part that is timed.
pub(crate) type Migrate = Box<dyn FnOnce() -> Result<(), Failure>>;

/// A candidate's table of what was applied.
pub(crate) struct History {
    /// Its name.
    pub(crate) table: &'static str,
    /// The column of the version.
    pub(crate) version: &'static str,
    /// Whether it has one row, of the newest version, instead of one a migration.
    pub(crate) only_newest: bool,
}

impl History {
    /// SQL after which `version`, the newest, was never applied.
    pub(crate) fn forgets(&self, version: i64) -> String {
        let (table, column) = (self.table, self.version);
        if self.only_newest {
            format!("update {table} set {column} = {}", version - 1)
        } else {
            format!("delete from {table} where {column} = {version}")
        }
    }
}

/// The name of the candidate that all are compared with.
pub(crate) const FLOOR: &str = "floor";
/// The name of the other one.
pub(crate) const REFINERY: &str = "refinery";
/// The name of the one that is not always there.
pub(crate) const ALEMBIC: &str = "alembic";
/// The name of the engine where all that is pending on a target shares a transaction.
pub(crate) const BY_TARGET: &str = "engine, transaction = target";
/// The name of the engine where each migration has its own.
pub(crate) const BY_MIGRATION: &str = "engine, transaction = migration";

/// The candidate of that name; `python` is an interpreter that has Alembic.
pub(crate) fn named(name: &str, python: Option<&Path>) -> Result<Box<dyn Candidate>, Failure> {
    Ok(match (name, python) {
        (FLOOR, _) => Box::new(floor::Floor),
        (REFINERY, _) => Box::new(refinery::Refinery),
        (ALEMBIC, Some(python)) => Box::new(alembic::Alembic(python.to_owned())),
        (BY_TARGET, _) => Box::new(engine::Engine::by_target()),
        (BY_MIGRATION, _) => Box::new(engine::Engine::by_migration()),
        _ => return Err(format!("there is no candidate {name}").into()),
    })
}
