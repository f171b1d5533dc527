//! How each target stands. Reads only.

use std::sync::Arc;

use super::look::look;
use crate::history::History;
use crate::migration::{Migration, Version};
use crate::plan::{Request, plan};
use crate::problem::{Kind, Problem};
use crate::report::Unresolved;
use crate::runner::Context;
use crate::target::Target;

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

/// How each of `targets` stands.
pub fn status(targets: &[Arc<Target>], context: &Context) -> Status {
    let found = look(targets, context);
    let targets = targets
        .iter()
        .zip(found.histories)
        .map(|(target, history)| one(target, history))
        .collect();
    Status {
        targets,
        unresolved: Vec::new(),
    }
}

/// The history of each of `targets`.
pub fn histories(
    targets: &[Arc<Target>],
    context: &Context,
) -> Vec<(Arc<Target>, Result<History, Problem>)> {
    targets
        .iter()
        .map(Arc::clone)
        .zip(look(targets, context).histories)
        .collect()
}

fn one(target: &Arc<Target>, history: Result<History, Problem>) -> TargetStatus {
    let migrations = &target.series.migrations;
    let mut status = TargetStatus {
        target: Arc::clone(target),
        state: State::AtHead,
        current: None,
        head: migrations.last().map(|migration| migration.version),
        pending: Vec::new(),
        problems: Vec::new(),
    };
    let history = match history {
        Ok(history) => history,
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
