//! What is measured of a candidate in one place: from nothing to the head, at the head, and one more migration.

use std::time::Instant;

use crate::Failure;
use crate::candidate::Candidate;
use crate::figures::Figures;
use crate::place::Place;
use crate::workload::{Files, Workload};

/// Runs `candidate` through all phases.
pub(crate) fn run(
    candidate: &dyn Candidate,
    workload: &Workload,
    place: &Place,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let phases: &[(&str, &Files)] = &[
        ("fresh", &workload.head),
        ("no-op", &workload.head),
        ("one new", &workload.next),
    ];
    for (phase, files) in phases {
        let migrate = candidate.prepare(place, files)?;
        let begun = Instant::now();
        migrate().map_err(|failure| format!("{}: {phase}: {failure}", candidate.name()))?;
        let elapsed = begun.elapsed();
        place.verify(candidate.history_table(), files.len())?;
        figures.add(phase, place.schemas.len(), candidate.name(), elapsed);
    }
    Ok(())
}
