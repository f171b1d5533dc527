//! What a run returns: every target in exactly one outcome.

use std::sync::Arc;
use std::time::Duration;

use crate::app::Series;
use crate::event::Applied;
use crate::migration::Version;
use crate::problem::{Kind, Problem};
use crate::target::Target;

/// What became of each target.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// One entry a target, in the order that they were asked for.
    pub targets: Vec<TargetReport>,
    /// Series whose targets nobody could name.
    pub unresolved: Vec<Unresolved>,
    /// Time of the whole run.
    pub elapsed: Duration,
    /// The signal that ended the run, if one did.
    pub interrupted: Option<Signal>,
}

/// A series whose targets are not known yet.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// The series.
    pub series: Arc<Series>,
    /// Why: of code `global-first` where the global track makes what the source of tenants reads.
    pub problem: Problem,
}

/// The code of what is not known before the global track ran.
pub const GLOBAL_FIRST: &str = "global-first";

/// What became of one target.
#[derive(Clone, Debug)]
pub struct TargetReport {
    /// Which.
    pub target: Arc<Target>,
    /// How it ended.
    pub outcome: Outcome,
    /// What was committed, in order.
    pub applied: Vec<Applied>,
    /// The version it stands at, as far as known.
    pub current: Option<Version>,
    /// Why it failed, is busy, or was not reached. The first is the main one.
    pub problems: Vec<Problem>,
}

/// How a target ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Something was applied, and all went well.
    Applied,
    /// There was nothing to do.
    AtHead,
    /// There was nothing to do, and it holds versions that we do not know.
    Ahead,
    /// Something failed; what was applied before it stays.
    Failed,
    /// Somebody else held its lock for longer than we wait.
    Busy,
    /// The run ended before it.
    NotReached,
}

/// The signals that end a run in good order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// `kill`.
    Terminate,
}

impl Outcome {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Applied => "applied",
            Outcome::AtHead => "at_head",
            Outcome::Ahead => "ahead",
            Outcome::Failed => "failed",
            Outcome::Busy => "busy",
            Outcome::NotReached => "not_reached",
        }
    }

    fn is_success(self) -> bool {
        matches!(self, Outcome::Applied | Outcome::AtHead | Outcome::Ahead)
    }
}

impl Signal {
    /// What a shell reports for a program that the signal ended: 128 and its number.
    pub fn exit_code(self) -> u8 {
        match self {
            Signal::Interrupt => 130,
            Signal::Terminate => 143,
        }
    }
}

impl Report {
    /// The exit status of a run that ends with this report.
    pub fn exit_code(&self) -> u8 {
        if let Some(signal) = self.interrupted {
            return signal.exit_code();
        }
        let succeeded = self.targets.iter().any(|t| t.outcome.is_success());
        let bad = || self.targets.iter().filter(|t| !t.outcome.is_success());
        let unresolved = || self.unresolved.iter().filter(|one| one.is_failure());
        if bad().next().is_none() && unresolved().next().is_none() {
            return 0;
        }
        if succeeded {
            return 6;
        }
        let of_targets = bad().filter_map(|t| t.problems.first());
        let of_unresolved = unresolved().map(|one| &one.problem);
        let kinds: Vec<Kind> = of_targets.chain(of_unresolved).map(|p| p.kind).collect();
        match kinds.first() {
            Some(first) if kinds.iter().all(|kind| kind == first) => first.exit_code(),
            _ => Kind::Failed.exit_code(),
        }
    }
}

impl Unresolved {
    /// Whether somebody has to do something about it: `migrate` runs the global track first by itself.
    pub fn is_failure(&self) -> bool {
        self.problem.code != GLOBAL_FIRST
    }
}

impl TargetReport {
    /// A target with nothing to do, until something is known.
    pub fn at_head(target: &Arc<Target>) -> Self {
        TargetReport {
            target: Arc::clone(target),
            outcome: Outcome::AtHead,
            applied: Vec::new(),
            current: None,
            problems: Vec::new(),
        }
    }

    /// Ends it with `problems`.
    pub fn fail(&mut self, problems: Vec<Problem>) {
        let busy = problems
            .first()
            .is_some_and(|problem| problem.kind == Kind::Busy);
        self.outcome = if busy { Outcome::Busy } else { Outcome::Failed };
        self.problems = problems;
    }

    /// Adds what a later run on the same target came to.
    pub fn add(&mut self, later: TargetReport) {
        self.applied.extend(later.applied);
        self.current = later.current;
        self.problems = later.problems;
        self.outcome = match later.outcome {
            Outcome::AtHead if !self.applied.is_empty() => Outcome::Applied,
            outcome => outcome,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::tests::target;

    fn check(outcomes: &[(Outcome, Option<Kind>)], exit_code: u8) {
        let targets = outcomes
            .iter()
            .map(|(outcome, kind)| TargetReport {
                target: Arc::new(target()),
                outcome: *outcome,
                applied: Vec::new(),
                current: None,
                problems: kind
                    .map(|kind| Problem::new(kind, "x", "x"))
                    .into_iter()
                    .collect(),
            })
            .collect();
        let report = Report {
            targets,
            ..Report::default()
        };
        assert_eq!(report.exit_code(), exit_code, "{outcomes:?}");
    }

    #[test]
    fn exit_codes_tell_what_happened() {
        use Outcome::{Ahead, Applied, AtHead, Busy, Failed, NotReached};
        check(&[], 0);
        check(&[(Applied, None), (AtHead, None), (Ahead, None)], 0);
        check(&[(Failed, Some(Kind::Failed))], 1);
        check(&[(Failed, Some(Kind::Verification)), (NotReached, None)], 1);
        check(&[(Failed, Some(Kind::Config))], 2);
        check(&[(Busy, Some(Kind::Busy)), (NotReached, None)], 4);
        check(&[(Failed, Some(Kind::Connect)), (NotReached, None)], 5);
        check(
            &[(Failed, Some(Kind::Connect)), (Failed, Some(Kind::Failed))],
            1,
        );
        check(&[(Applied, None), (Failed, Some(Kind::Failed))], 6);
        check(&[(AtHead, None), (Busy, Some(Kind::Busy))], 6);
    }
    #[test]
    fn tenants_that_nobody_could_name_are_a_failure_unless_they_wait_for_the_global_track() {
        let report = |outcome, code| Report {
            targets: vec![TargetReport {
                outcome,
                ..TargetReport::at_head(&Arc::new(target()))
            }],
            unresolved: vec![Unresolved {
                series: Arc::clone(&target().series),
                problem: Problem::failed(code, "x"),
            }],
            ..Report::default()
        };
        assert_eq!(report(Outcome::Applied, GLOBAL_FIRST).exit_code(), 0);
        assert_eq!(report(Outcome::AtHead, "tenants-query").exit_code(), 6);
        let nowhere = Report {
            targets: Vec::new(),
            ..report(Outcome::AtHead, "tenants-query")
        };
        assert_eq!(nowhere.exit_code(), 1);
    }
}
