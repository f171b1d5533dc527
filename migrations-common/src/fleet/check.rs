//! What keeps a run from beginning, and what it warns of.

use std::sync::Arc;

use super::atomic::{self, is_atomic};
use super::later::Later;
use super::mistakes;
use super::prepared::Entry;
use super::round::layout;
use super::run::Run;
use super::shards;
use crate::event::Event;
use crate::migration::Version;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::report::{Outcome, Unresolved};
use crate::target::Target;

impl Run<'_> {
    /// Whether nothing found so far forbids to run; tells of warnings.
    pub(super) fn may_run(&mut self) -> bool {
        let strict = self.fleet.request.strict;
        let mut told: Vec<*const Plan> = Vec::new();
        for entry in &mut self.fleet.entries {
            if !told.contains(&Arc::as_ptr(&entry.plan)) {
                told.push(Arc::as_ptr(&entry.plan));
                for warning in &entry.plan.warnings {
                    (self.context.observer)(&Event::Warning(warning.clone()));
                }
            }
            if let Some(newest) = entry.plan.ahead.last() {
                entry.report.outcome = Outcome::Ahead;
                if strict {
                    entry.report.fail(vec![ahead(&entry.target, *newest)]);
                }
            }
        }
        let refused = self.fleet.refuse_tenants_before_global();
        let mut blocked = !refused.is_empty();
        self.unresolved.extend(refused);
        atomic::refuse_cuts(&mut self.fleet.entries, self.policy);
        if !self.policy.allow_uneven {
            shards::refuse_uneven(&mut self.fleet.entries);
        }
        mistakes::refuse_one_history(&mut self.fleet);
        for warning in mistakes::warnings(&mut self.fleet) {
            (self.context.observer)(&Event::Warning(warning));
        }
        let unanswered = self
            .fleet
            .later
            .iter()
            .any(|later| !self.fleet.waits_for_global(&later.series));
        blocked |= unanswered;
        blocked |= self.leave_malformed();
        blocked |= self.is_blocked();
        if blocked {
            self.leave_pending();
        }
        !blocked
    }

    /// Whether what is wrong with some targets keeps all others from running.
    pub(super) fn is_blocked(&mut self) -> bool {
        let entries = &self.fleet.entries;
        let is_wrong = |entry: &&Entry| !entry.report.problems.is_empty();
        let mut blocked = false;
        for series in &self.fleet.series {
            let of = || {
                entries
                    .iter()
                    .filter(|entry| Arc::ptr_eq(&entry.target.series, series))
            };
            let wrong = of().filter(is_wrong).count();
            // What only others need is their problem once they need it.
            let matters = self.fleet.request.with_requirements || of().any(|entry| entry.asked);
            if wrong == 0 || !matters {
                continue;
            }
            self.failed.insert(series.name());
            let all = of().count();
            blocked |= wrong == all
                || is_atomic(series, self.policy)
                || !self.policy.survives(layout(series), wrong, all);
        }
        blocked
    }

    /// Reports files that nothing can run with, whoever their tenants will be; says whether there are any.
    fn leave_malformed(&mut self) -> bool {
        let later = std::mem::take(&mut self.fleet.later).into_iter();
        let (sound, malformed): (Vec<Later>, Vec<Later>) =
            later.partition(|later| later.series.problems.is_empty());
        self.fleet.later = sound;
        for Later { series, .. } in &malformed {
            let of_files = series.problems.iter().map(|malformed| Unresolved {
                series: Arc::clone(series),
                problem: malformed.0.clone(),
            });
            self.unresolved.extend(of_files);
        }
        !malformed.is_empty()
    }
}

fn ahead(target: &Target, newest: Version) -> Problem {
    Problem::verification(
        "ahead",
        format!(
            "{} holds V{newest}, which is newer than any known here",
            target.label()
        ),
    )
    .help("run the newer release; or without --strict, which makes this an error")
    .help("after a branch switch on the development server: cargo xtask postgres reset")
}
