//! Who takes part.

mod engine;
mod floor;
mod refinery;

use crate::Failure;
use crate::place::Place;
use crate::workload::Files;

/// A way to migrate.
pub(crate) trait Candidate {
    /// What the table calls it.
    fn name(&self) -> &'static str;

    /// The table in each schema that records what was applied.
    fn history_table(&self) -> &'static str;

    /// Loads `files`. What is returned connects, and brings all schemas of `place` to the head.
    fn prepare(&self, place: &Place, files: &Files) -> Result<Migrate, Failure>;
}

/// The part that is timed.
pub(crate) type Migrate = Box<dyn FnOnce() -> Result<(), Failure>>;

/// The name of the candidate that all are compared with.
pub(crate) const FLOOR: &str = "floor";
/// The name of the other one.
pub(crate) const REFINERY: &str = "refinery";

/// All candidates, in the order of the table.
pub(crate) fn all() -> Vec<Box<dyn Candidate>> {
    vec![
        Box::new(floor::Floor),
        Box::new(refinery::Refinery),
        Box::new(engine::Engine::by_target()),
        Box::new(engine::Engine::by_migration()),
    ]
}
