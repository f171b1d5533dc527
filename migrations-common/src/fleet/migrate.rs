//! Applying what is pending, over all targets that were asked for.

use std::sync::Arc;
use std::time::Instant;

use super::crew::Flow;
use super::later::Later;
use super::policy::Policy;
use super::run::Run;
use crate::app::Series;
use crate::plan::{self, Plan};
use crate::report::Report;
use crate::runner::Context;
use crate::target::Target;

/// What a run is asked for.
#[derive(Clone, Debug, Default)]
pub struct MigrateRequest {
    /// Where to stop, and what to let pass.
    pub plan: plan::Request,
    /// Whether a target that is ahead is an error.
    pub strict: bool,
    /// Whether to apply what is required of other apps too.
    pub with_requirements: bool,
    /// How to go about many targets.
    pub policy: Policy,
    /// Series whose targets nobody could name yet.
    pub later: Vec<Later>,
    /// Series whose source of tenants names nobody: what is required of all of them is met.
    pub nobody: Vec<Arc<Series>>,
}

/// What would run on each target; targets that stand at one point share a plan.
pub type Plans = Vec<(Arc<Target>, Arc<Plan>)>;

/// Applies what is pending on `targets`.
///
/// `others` are the other apps' targets in the environment: what is required of them is looked up there, and with
/// `with_requirements` applied. Nothing runs before all plans are made, and all that is wrong is known.
pub fn migrate(
    targets: &[Arc<Target>],
    others: &[Arc<Target>],
    request: &MigrateRequest,
    context: &Context,
) -> Report {
    let started = Instant::now();
    let mut run = Run::new(targets, others, request, context);
    if run.may_run() {
        match run.fleet.order() {
            Ok(steps) => {
                for (series, step) in steps {
                    if run.step(&series, step.up_to) == Flow::Stop {
                        break;
                    }
                }
                run.leave_pending();
            }
            Err(problems) => run.refuse(problems),
        }
    }
    run.report(started)
}

/// What would run: the plan of each target, or what stands in the way. Opens connections to look, and changes nothing.
pub fn dry_run(
    targets: &[Arc<Target>],
    others: &[Arc<Target>],
    request: &MigrateRequest,
    context: &Context,
) -> (Plans, Report) {
    let started = Instant::now();
    let mut run = Run::new(targets, others, request, context);
    if run.may_run()
        && let Err(problems) = run.fleet.order()
    {
        run.refuse(problems);
    }
    run.leave_later();
    let entries = run.fleet.entries.iter();
    let plans = entries
        .filter(|entry| {
            entry.asked || (request.with_requirements && !entry.plan.pending.is_empty())
        })
        .map(|entry| (Arc::clone(&entry.target), Arc::clone(&entry.plan)))
        .collect();
    (plans, run.report(started))
}
