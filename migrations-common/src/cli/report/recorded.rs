//! How a row of the history relates to the files.

use crate::app::Series;
use crate::history::Applied;
use crate::migration::{self, Checksum};

/// How a recorded migration relates to its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Recorded {
    Applied,
    Skipped,
    Edited,
    LineEnds,
    FileMissing,
}

impl Recorded {
    pub(super) fn of(database: &Series, row: &Applied) -> Self {
        let Some(migration) = migration::find(&database.migrations, row.version) else {
            return Recorded::FileMissing;
        };
        match migration.compare(row.checksum) {
            Checksum::Edited => Recorded::Edited,
            Checksum::LineEnds => Recorded::LineEnds,
            Checksum::Same if row.outcome.is_some() => Recorded::Skipped,
            Checksum::Same => Recorded::Applied,
        }
    }

    /// The word in JSON.
    pub(super) fn word(self) -> &'static str {
        match self {
            Recorded::Applied => "applied",
            Recorded::Skipped => "skipped",
            Recorded::Edited => "edited",
            Recorded::LineEnds => "line_ends",
            Recorded::FileMissing => "file_missing",
        }
    }
}
