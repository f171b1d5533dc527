//! One round over targets of one series: several at a time, watched by the policy, each told of when it ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::crew::{self, Ending, Flow, Loss, Task, Verdict};
use super::policy::{Policy, is_failure};
use super::pool::Pool;
use crate::app::Series;
use crate::config::Layout;
use crate::event::Event;
use crate::problem::Kind;
use crate::report::TargetReport;
use crate::runner::{Context, Link};
use crate::target::Target;

/// What a round is about.
pub(super) struct Round<'r> {
    pub(super) series: &'r Arc<Series>,
    pub(super) policy: &'r Policy,
    pub(super) context: &'r Context,
    /// Whether the rest waits for these targets.
    pub(super) canary: bool,
    /// Targets of the series, these and others: a share of failures is a share of them.
    pub(super) all: usize,
    /// How many of them failed so far.
    pub(super) failures: usize,
}

/// Where the reports of a round go: the report of a task, to be added to.
pub(super) trait Reports<T>: Send {
    /// The report that `what` adds to.
    fn of(&mut self, what: &T) -> Option<&mut TargetReport>;
    /// `what` came to its end without a failure.
    fn succeeded(&mut self, what: &T);
}

impl Round<'_> {
    /// Does `work` for each of `tasks`; says whether the run may go on, and how many targets of the series failed by now.
    pub(super) fn run<T: Send>(
        self,
        pool: &mut Pool,
        tasks: Vec<Task<T>>,
        work: impl Fn(&T, &mut Link, &Context) -> TargetReport + Sync,
        reports: &mut impl Reports<T>,
    ) -> (Flow, usize) {
        let Round {
            series,
            policy,
            context,
            ..
        } = self;
        let is_fleet = series.is_fleet();
        let jobs = crew::jobs(pool, &tasks, policy.jobs);
        if is_fleet && !tasks.is_empty() {
            (context.observer)(&Event::Fleet {
                series: Arc::clone(series),
                targets: tasks.len(),
                jobs,
                canary: self.canary,
            });
        }
        let (mut failures, mut flow) = (self.failures, Flow::Continue);
        let work = |what: &T, link: &mut Link, patience: Duration| {
            let started = Instant::now();
            let context = Context {
                patience: Some(patience),
                ..context.clone()
            };
            let report = work(what, link, &context);
            verdict(report, started.elapsed(), is_fleet)
        };
        let done = |what: &T, (report, elapsed): (TargetReport, Duration), ending| {
            let Some(own) = reports.of(what) else {
                return Flow::Continue;
            };
            own.add(report);
            if ending == Ending::Again {
                return Flow::Continue;
            }
            let failed = is_failure(own);
            if is_fleet {
                (context.observer)(&Event::Ended {
                    target: Arc::<Target>::clone(&own.target),
                    outcome: own.outcome,
                    applied: own.applied.len(),
                    elapsed,
                });
            }
            if failed {
                failures += 1;
            } else {
                reports.succeeded(what);
            }
            if !policy.survives(layout(series), failures, self.all) {
                flow = Flow::Stop;
            }
            flow
        };
        crew::run(pool, tasks, jobs, context, work, done);
        if context.interrupt.requested().is_some() {
            flow = Flow::Stop;
        }
        (flow, failures)
    }
}

/// Whether another try may do better than `report`.
fn verdict(
    report: TargetReport,
    elapsed: Duration,
    is_fleet: bool,
) -> Verdict<(TargetReport, Duration)> {
    let Some(problem) = report.problems.first() else {
        return Verdict::Done((report, elapsed));
    };
    let held = matches!(problem.sqlstate.as_deref(), Some("55P03" | "40P01"));
    match Loss::of(problem) {
        // One target alone has its answer at once; a fleet outlives a restart of its server.
        Some(loss) if is_fleet || loss.full => Verdict::Lost((report, elapsed), loss),
        None if held || problem.kind == Kind::Busy => Verdict::Held((report, elapsed)),
        Some(_) | None => Verdict::Done((report, elapsed)),
    }
}

/// The layout that decides how a failure is treated: the global track is one target, whatever its database's layout.
pub(super) fn layout(series: &Series) -> Layout {
    if series.is_fleet() {
        series.config.layout
    } else {
        Layout::Single
    }
}
