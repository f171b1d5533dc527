//! What happens while a run goes on. A closed set: a reporter that handles all of it misses nothing.

use std::sync::Arc;
use std::time::Duration;

use crate::app::Series;
use crate::lock::Holder;
use crate::migration::Migration;
use crate::problem::Problem;
use crate::report::Outcome;
use crate::target::Target;

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A target's plan is made; emitted only where something is pending.
    Planned {
        /// Where.
        target: Arc<Target>,
        /// Migrations that will run.
        pending: usize,
        /// Migrations there are.
        known: usize,
    },
    /// A migration begins.
    Started {
        /// Where.
        target: Arc<Target>,
        /// Which.
        migration: Arc<Migration>,
    },
    /// A statement of a migration is done, and another one follows.
    Statement {
        /// Where.
        target: Arc<Target>,
        /// Which.
        migration: Arc<Migration>,
        /// Statements done.
        done: usize,
        /// Statements in the file.
        of: usize,
    },
    /// A migration is done. Before its unit commits, nothing of it is final.
    Done {
        /// Where.
        target: Arc<Target>,
        /// What was done with it.
        applied: Applied,
    },
    /// Somebody else holds the target's lock; the run waits.
    Waiting {
        /// Where.
        target: Arc<Target>,
        /// Who holds the lock, if the server told.
        holder: Option<Holder>,
    },
    /// A unit was rolled back for a lock that others hold, and will be tried again.
    Retrying {
        /// Where.
        target: Arc<Target>,
        /// The migration that waited for the lock.
        migration: Arc<Migration>,
        /// The server's words.
        cause: String,
        /// Time until the next try.
        pause: Duration,
    },
    /// Targets of one series begin, several at a time; for each of them [`Event::Ended`] follows, unless the run stops.
    Fleet {
        /// The series.
        series: Arc<Series>,
        /// Targets that have something pending.
        targets: usize,
        /// Connections that work on them at most.
        jobs: usize,
        /// Whether they are canaries: the rest waits for them.
        canary: bool,
    },
    /// A target of a fleet is done with.
    Ended {
        /// Which.
        target: Arc<Target>,
        /// How it ended.
        outcome: Outcome,
        /// Migrations that were applied.
        applied: usize,
        /// Time that it took.
        elapsed: Duration,
    },
    /// A server takes no more connections, or went away: nothing new is begun on it for a while.
    Pausing {
        /// The server, without a password.
        server: String,
        /// The words of the server, or of the way to it.
        cause: String,
        /// Time until the next try.
        pause: Duration,
    },
    /// A message of the server that is no error.
    Notice {
        /// Where.
        target: Arc<Target>,
        /// `NOTICE`, `WARNING` and so on.
        severity: String,
        /// The message.
        message: String,
    },
    /// Something to know that stops nothing.
    Warning(Problem),
}

/// A migration that was applied, taken back, or skipped.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The migration.
    pub migration: Arc<Migration>,
    /// How it came to be recorded, or its record to be gone.
    pub how: How,
    /// Time that its statements took.
    pub elapsed: Duration,
}

/// How a migration came to be recorded, or its record to be gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Its file ran in a transaction.
    InTransaction,
    /// Its file ran statement by statement.
    WithoutTransaction,
    /// Its `only-if` said no.
    Skipped,
    /// Its down file ran.
    TakenBack,
    /// It was recorded without running.
    Baselined,
    /// Its record was rewritten after an edit.
    Repaired,
}

/// Receives events, from any thread.
pub type Observer = Arc<dyn Fn(&Event) + Send + Sync>;
