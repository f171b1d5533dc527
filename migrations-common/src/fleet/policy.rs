//! How a run treats many targets: how many at a time, who goes first, and when it stops. Pure.

use crate::config::Layout;
use crate::problem::Problem;
use crate::report::{Outcome, TargetReport};
use crate::target::Target;
use crate::tenants::{Glob, Selection};

/// What a run over many targets is asked for.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Workers at most; else as many as the servers give connections.
    pub jobs: Option<usize>,
    /// Targets that must be at head before the others begin.
    pub canary: Option<Canary>,
    /// What happens after a target failed; by default a fleet of tenants goes on, and all else stops.
    pub on_error: Option<OnError>,
    /// More failures than this end the run.
    pub max_failures: Option<MaxFailures>,
    /// Whether all tenants of a database share one transaction, whatever the config says.
    pub atomic: bool,
    /// Whether shards may stand at different versions.
    pub allow_uneven: bool,
}

/// The targets that go first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Canary {
    /// So many, from the first on.
    First(usize),
    /// Those of these names.
    Named(Vec<Glob>),
}

/// What happens to the rest after a target failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// What has not begun is not reached.
    Stop,
    /// The rest goes on.
    Continue,
}

/// How many failures a run survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxFailures {
    /// So many targets.
    Number(usize),
    /// So many of a hundred.
    Percent(usize),
}

impl Policy {
    /// What happens after a failure of a target in `layout`.
    pub fn on_error(&self, layout: Layout) -> OnError {
        self.on_error.unwrap_or(match layout {
            Layout::SchemaPerTenant | Layout::DatabasePerTenant => OnError::Continue,
            Layout::Single | Layout::Sharded => OnError::Stop,
        })
    }

    /// Whether the run goes on after `failures` of `targets` failed.
    pub fn survives(&self, layout: Layout, failures: usize, targets: usize) -> bool {
        let within = match self.max_failures {
            None => true,
            Some(MaxFailures::Number(most)) => failures <= most,
            Some(MaxFailures::Percent(most)) => failures * 100 <= most * targets,
        };
        // A number of failures to survive says that the run goes on after one.
        let on_error = match (self.on_error, self.max_failures) {
            (None, Some(_)) => OnError::Continue,
            _ => self.on_error(layout),
        };
        failures == 0 || (on_error == OnError::Continue && within)
    }

    /// Parts `targets` into canaries and others, each in their order.
    pub fn canaries<T>(&self, targets: Vec<T>, of: impl Fn(&T) -> &Target) -> (Vec<T>, Vec<T>) {
        match &self.canary {
            None => (Vec::new(), targets),
            Some(Canary::First(number)) => {
                let mut canaries = targets;
                let others = canaries.split_off((*number).min(canaries.len()));
                (canaries, others)
            }
            Some(Canary::Named(globs)) => targets
                .into_iter()
                .partition(|one| globs.iter().any(|glob| glob.matches(of(one).name()))),
        }
    }

    /// Whether each named canary means one of `names`.
    ///
    /// # Errors
    /// `unknown-tenant`.
    pub fn check_canaries<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Vec<Problem>> {
        let Some(Canary::Named(globs)) = &self.canary else {
            return Ok(());
        };
        let selection = Selection {
            globs: globs.clone(),
            slice: None,
        };
        selection.check(names).map_err(|problems| problems.0)
    }
}

/// Whether `report` counts as a failure.
pub(super) fn is_failure(report: &TargetReport) -> bool {
    matches!(report.outcome, Outcome::Failed | Outcome::Busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_go_on_and_all_else_stops_unless_told_otherwise() {
        use Layout::{DatabasePerTenant, SchemaPerTenant, Sharded, Single};
        let survives = |policy: &Policy| {
            [Single, SchemaPerTenant, DatabasePerTenant, Sharded]
                .map(|layout| policy.survives(layout, 1, 10))
        };
        let on_error = |on_error| Policy {
            on_error: Some(on_error),
            ..Policy::default()
        };
        assert_eq!(survives(&Policy::default()), [false, true, true, false]);
        assert_eq!(survives(&on_error(OnError::Stop)), [false; 4]);
        assert_eq!(survives(&on_error(OnError::Continue)), [true; 4]);
    }

    #[test]
    fn failures_are_survived_up_to_a_number_or_a_share() {
        let check = |max_failures, failures, targets, survives| {
            let policy = Policy {
                max_failures: Some(max_failures),
                ..Policy::default()
            };
            let found = policy.survives(Layout::Sharded, failures, targets);
            assert_eq!(found, survives, "{max_failures:?}: {failures} of {targets}");
        };
        check(MaxFailures::Number(0), 0, 10, true);
        check(MaxFailures::Number(0), 1, 10, false);
        check(MaxFailures::Number(2), 2, 10, true);
        check(MaxFailures::Number(2), 3, 10, false);
        check(MaxFailures::Percent(10), 100, 1000, true);
        check(MaxFailures::Percent(10), 101, 1000, false);
        check(MaxFailures::Percent(0), 1, 1000, false);
    }
}
