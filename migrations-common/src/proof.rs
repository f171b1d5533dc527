//! Whether the order of two series matters: both orders run on the base state, and what they leave is compared.
//!
//! Each order runs in a transaction that is rolled back, which takes a tenth of a second. What a transaction cannot
//! tell runs again on copies of the base, with the commits that the engine would make, and that is the verdict: every
//! failure, every difference, new enum values, sequences, changed rows, and files that run outside a transaction.

mod compare;
mod judge;
mod observe;
mod order;
mod picture;
mod run;
mod script;

use std::sync::Arc;

use crate::prepare::Prepared;
use crate::problem::{Place, Problem, Source};
use crate::shadow::{ContentDifference, Shadow};
use crate::target::Scope;

pub use picture::FactDifference;

/// What is new of one app, or of one branch, in the order that it runs.
#[derive(Clone, Debug)]
pub struct Side {
    /// How messages call it.
    pub name: String,
    /// Its migrations.
    pub steps: Vec<Step>,
}

/// A migration.
#[derive(Clone, Debug)]
pub struct Step {
    /// The file, with its placeholders replaced.
    pub source: Source,
    /// The schemas that unqualified names are looked up in.
    pub search_path: Vec<String>,
    /// Whether it runs in a transaction; else statement by statement.
    pub transactional: bool,
    /// Whether a statement of it changes rows, or may.
    pub changes_data: bool,
    /// Whether only a commit shows what it does: it adds an enum value, or takes numbers from a sequence.
    pub needs_commit: bool,
}

impl Step {
    /// The migration `file` as it runs in `scope`. What its statements plainly say about rows is seen without being told;
    /// whoever knows more sets `changes_data` and `needs_commit`.
    ///
    /// A proof runs it whatever its `only-if` would say, and with time limits of its own.
    pub fn of(file: &Prepared, scope: &Scope) -> Step {
        Step {
            source: Source::new(Arc::clone(&file.source.path), file.rendered.text.as_str()),
            search_path: scope.search_path().into_iter().map(str::to_owned).collect(),
            transactional: !file.directives.no_transaction,
            changes_data: false,
            needs_commit: file.traits.adds_enum_value,
        }
    }
}

/// One of the two orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The first side, then the second.
    AThenB,
    /// The second side, then the first.
    BThenA,
}

/// A statement that the server refused.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Whose it is.
    pub side: String,
    /// Which of the side's steps.
    pub step: usize,
    /// The statement, or the token in it that the server points at; the whole file where it failed at its commit.
    pub place: Place,
    /// The server's words.
    pub message: String,
    /// More of them.
    pub detail: Option<String>,
    /// The server's code.
    pub sqlstate: Option<String>,
}

/// What running both orders showed.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Both orders work and leave the same.
    Equal {
        /// Column positions that differ. No order of two added columns leaves the same, and nothing should depend on it.
        ignored: Vec<FactDifference>,
    },
    /// Both orders work, and what they leave differs.
    Different {
        /// Facts, from the first order's to the second's.
        differences: Vec<FactDifference>,
        /// Rows and sequences.
        content: Vec<ContentDifference>,
    },
    /// One order works, the other does not.
    OneFails {
        /// The order that works.
        works: Order,
        /// What fails in the other.
        failure: Failure,
    },
    /// Each side works alone, and neither after the other.
    BothFail {
        /// What fails of the second side after the first.
        a_then_b: Failure,
        /// What fails of the first side after the second.
        b_then_a: Failure,
    },
    /// A side does not run on the base by itself: nothing is proved.
    AloneFails {
        /// What fails.
        failure: Failure,
    },
    /// Nothing is proved.
    Unproven {
        /// The reason, one sentence.
        why: String,
        /// Where it is seen.
        place: Option<Place>,
    },
}

/// What was found out about rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataVerdict {
    /// No statement touched a row.
    NotTouched,
    /// The content of all tables was compared.
    Compared {
        /// Tables.
        tables: usize,
        /// Rows in them.
        rows: u64,
    },
    /// What the sides do to rows stays unproven.
    Unproven {
        /// The tables that it is about, if they are known.
        tables: Vec<String>,
        /// The reason, one sentence.
        why: String,
    },
}

/// What a proof found.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Whether the order matters.
    pub outcome: Outcome,
    /// The server that it was found on: `15.18`.
    pub server_version: String,
    /// Whether both orders ran with commits of their own.
    pub confirmed_by_commits: bool,
    /// Whether it holds for rows too.
    pub data: DataVerdict,
}

/// Runs `a` then `b`, and `b` then `a`, on the base state of `shadow`, and compares.
///
/// # Errors
/// The server is lost, or refuses statements of ours. Whatever a migration does is an [`Outcome`].
pub fn prove(shadow: &mut Shadow, a: &Side, b: &Side) -> Result<Proof, Problem> {
    judge::prove(shadow, a, b)
}
