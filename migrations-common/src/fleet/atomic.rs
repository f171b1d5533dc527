//! All tenants of a database in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::crew::{self, Flow, Task, Verdict};
use super::policy::{Policy, is_failure};
use super::pool::{DatabaseId, Pool};
use super::prepared::Entry;
use crate::app::Series;
use crate::config::Granularity;
use crate::event::Event;
use crate::history::History;
use crate::plan;
use crate::problem::Problem;
use crate::report::{Outcome, TargetReport};
use crate::runner::{Context, Link, Runner, one_unit, together};
use crate::target::Target;
use crate::track::Track;

/// Whether the tenants of `series` change together.
pub(super) fn is_atomic(series: &Series, policy: &Policy) -> bool {
    let configured = series.config.transaction == Granularity::Database;
    series.track == Some(Track::Tenant) && (policy.atomic || configured)
}

/// Fails the entries whose plans are cut: what needs a commit in between cannot be one transaction.
pub(super) fn refuse_cuts(entries: &mut [Entry], policy: &Policy) {
    for entry in entries {
        if is_atomic(&entry.target.series, policy)
            && let Err(problem) = one_unit(entry.plan.pending.clone())
        {
            entry.report.fail(vec![problem]);
        }
    }
}

/// The tenants of one database.
#[derive(Default)]
struct Group {
    /// Of their entries.
    indices: Vec<usize>,
    targets: Vec<(Arc<Target>, Arc<History>)>,
    /// Whether the schema of each has to be made first.
    make_schema: Vec<bool>,
}

/// Runs the entries at `indices`, each database's in a transaction of its own.
pub(super) fn run(
    entries: &mut [Entry],
    pool: &mut Pool,
    indices: &[usize],
    request: plan::Request,
    context: &Context,
) -> Flow {
    let mut groups: BTreeMap<DatabaseId, Group> = BTreeMap::new();
    for index in indices {
        if let Some(entry) = entries.get(*index) {
            let group = groups.entry(pool.database(&entry.target)).or_default();
            let target = Arc::clone(&entry.target);
            group.indices.push(*index);
            group.make_schema.push(entry.make_schema);
            group.targets.push((target, Arc::clone(&entry.history)));
        }
    }
    let task = |what: Group| {
        let (target, _) = what.targets.first()?;
        Some(Task {
            target: Arc::clone(target),
            what,
        })
    };
    let tasks: Vec<Task<Group>> = groups.into_values().filter_map(task).collect();
    if let Some(task) = tasks.first() {
        (context.observer)(&Event::Fleet {
            series: Arc::clone(&task.target.series),
            targets: indices.len(),
            jobs: tasks.len(),
            canary: false,
        });
    }
    let mut flow = Flow::Continue;
    let work = |group: &Group, link: &mut Link, _: Duration| {
        let started = Instant::now();
        let reports = group.run(link, request, context);
        Verdict::Done((reports, started.elapsed()))
    };
    let done = |group: &Group, (reports, elapsed): (Vec<TargetReport>, Duration), _| {
        for (index, report) in group.indices.iter().zip(reports) {
            let Some(entry) = entries.get_mut(*index) else {
                continue;
            };
            entry.report.add(report);
            if is_failure(&entry.report) {
                flow = Flow::Stop;
            } else if entry.report.outcome != Outcome::NotReached {
                entry.reached = request.up_to;
            }
            (context.observer)(&Event::Ended {
                target: Arc::clone(&entry.target),
                outcome: entry.report.outcome,
                applied: entry.report.applied.len(),
                elapsed,
            });
        }
        flow
    };
    let jobs = tasks.len();
    crew::run(pool, tasks, jobs, context, work, done);
    if context.interrupt.requested().is_some() {
        flow = Flow::Stop;
    }
    flow
}

impl Group {
    fn run(&self, link: &mut Link, request: plan::Request, context: &Context) -> Vec<TargetReport> {
        for ((target, _), make_schema) in self.targets.iter().zip(&self.make_schema) {
            if *make_schema && let Err(problem) = Runner::new(target, link, context).make_schema() {
                return self.stopped(target, &problem);
            }
        }
        together(&self.targets, link, request, context)
    }
    /// `problem` of one keeps all from running.
    fn stopped(&self, at: &Arc<Target>, problem: &Problem) -> Vec<TargetReport> {
        let report = |(target, _): &(Arc<Target>, Arc<History>)| {
            let mut report = TargetReport::at_head(target);
            report.outcome = Outcome::NotReached;
            if Arc::ptr_eq(target, at) {
                report.fail(vec![problem.clone()]);
            }
            report
        };
        self.targets.iter().map(report).collect()
    }
}
