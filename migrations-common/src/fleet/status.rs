//! How each target stands. Reads only.

use std::collections::HashMap;
use std::sync::Arc;

use super::later::Later;
use super::look::{self, look};
use super::pool::Pool;
use super::prepared::missing_schema;
use crate::history::{History, Known, Seen};
use crate::migration::{Migration, Version};
use crate::plan::{Request, plan};
use crate::problem::{Kind, Problem};
use crate::report::Unresolved;
use crate::runner::Context;
use crate::target::Target;
use crate::track::Track;

/// How a target stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// All known migrations are applied.
    AtHead,
    /// Some are not.
    Pending,
    /// It holds versions that are newer than any known.
    Ahead,
    /// History and files do not fit together.
    Diverged,
    /// Its history could not be read.
    Unreachable,
}

/// One target's state.
#[derive(Clone, Debug)]
pub struct TargetStatus {
    /// Which.
    pub target: Arc<Target>,
    /// How it stands.
    pub state: State,
    /// The newest version applied.
    pub current: Option<Version>,
    /// The newest version known.
    pub head: Option<Version>,
    /// What is not applied, in order.
    pub pending: Vec<Arc<Migration>>,
    /// Why it is diverged or unreachable, and warnings.
    pub problems: Vec<Problem>,
}

impl State {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            State::AtHead => "at_head",
            State::Pending => "pending",
            State::Ahead => "ahead",
            State::Diverged => "diverged",
            State::Unreachable => "unreachable",
        }
    }
}

/// How targets stand.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// One entry a target, in the order that they were asked for.
    pub targets: Vec<TargetStatus>,
    /// Series whose targets nobody could name.
    pub unresolved: Vec<Unresolved>,
}

/// How each of `targets` stands, and why those of `later` are not known.
pub fn status(targets: &[Arc<Target>], later: &[Later], context: &Context) -> Status {
    let mut pool = Pool::default();
    let mut stands = stand(&mut pool, targets, context);
    let mut unresolved = Vec::new();
    for later in later.iter().cloned() {
        let global_is_pending = stands.iter().any(|one| {
            one.state == State::Pending
                && one.target.series.track == Some(Track::Global)
                && one.target.series.app == later.series.app
                && one.target.series.config.name == later.series.config.name
        });
        if global_is_pending {
            unresolved.push(later.unresolved(true));
            continue;
        }
        match later.again() {
            Ok(targets) => stands.extend(stand(&mut pool, &targets, context)),
            Err(later) => unresolved.push(later.unresolved(false)),
        }
    }
    Status {
        targets: stands,
        unresolved,
    }
}

fn stand(pool: &mut Pool, targets: &[Arc<Target>], context: &Context) -> Vec<TargetStatus> {
    let seen = look(pool, targets, &Known::default(), None, context);
    let mut stands: HashMap<(usize, usize), TargetStatus> = HashMap::new();
    let of = |(target, seen): (&Arc<Target>, Result<Seen, Problem>)| {
        let Ok(seen) = seen else {
            return one(target, seen);
        };
        let lacks_schema = target.lacks_schema(&seen);
        let key = (
            Arc::as_ptr(&target.series).addr(),
            Arc::as_ptr(&seen.history).addr(),
        );
        // Of ten thousand tenants nearly all stand at one point.
        match stands.get(&key).filter(|_| !lacks_schema) {
            Some(same) => TargetStatus {
                target: Arc::clone(target),
                ..same.clone()
            },
            None => {
                let stand = one(target, Ok(seen));
                if !lacks_schema {
                    stands.insert(key, stand.clone());
                }
                stand
            }
        }
    };
    targets.iter().zip(seen).map(of).collect()
}

/// The history of each of `targets`.
pub fn histories(
    targets: &[Arc<Target>],
    context: &Context,
) -> Vec<(Arc<Target>, Result<History, Problem>)> {
    let found = look::histories(&mut Pool::default(), targets, context);
    targets.iter().map(Arc::clone).zip(found).collect()
}

fn one(target: &Arc<Target>, seen: Result<Seen, Problem>) -> TargetStatus {
    let migrations = &target.series.migrations;
    let mut status = TargetStatus {
        target: Arc::clone(target),
        state: State::AtHead,
        current: None,
        head: migrations.last().map(|migration| migration.version),
        pending: Vec::new(),
        problems: Vec::new(),
    };
    let seen = seen.and_then(|seen| {
        if target.lacks_schema(&seen) {
            Err(missing_schema(target))
        } else {
            Ok(seen)
        }
    });
    let history = match seen {
        Ok(seen) => seen.history,
        Err(problem) => {
            let known = problem.kind != Kind::Connect;
            status.state = if known {
                State::Diverged
            } else {
                State::Unreachable
            };
            status.problems.push(problem);
            return status;
        }
    };
    status.current = history.current();
    status.pending = migrations
        .iter()
        .filter(|m| history.find(m.version).is_none())
        .map(Arc::clone)
        .collect();
    match plan(&target.series, &history, Request::default(), &target.values) {
        Ok(plan) => {
            status.problems = plan.warnings;
            if !plan.pending.is_empty() {
                status.state = State::Pending;
            } else if !plan.ahead.is_empty() {
                status.state = State::Ahead;
            }
        }
        Err(problems) => {
            status.problems = problems;
            status.state = State::Diverged;
        }
    }
    status
}
