//! A run over a fleet: its steps in order, each over all targets of a series, and what became of each target.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::atomic::{self, is_atomic};
use super::crew::{Flow, Task};
use super::migrate::MigrateRequest;
use super::policy::{Policy, is_failure};
use super::prepared::{Entry, Prepared};
use super::round::{Reports, Round};
use crate::app::Series;
use crate::history::History;
use crate::migration::Version;
use crate::plan;
use crate::problem::{Kind, Problem};
use crate::report::{Outcome, Report, TargetReport, Unresolved};
use crate::runner::{Context, Link, Runner};
use crate::target::Target;
use crate::track::{SeriesName, Track};

/// A run, from the look to the report.
pub(super) struct Run<'r> {
    pub(super) fleet: Prepared<'r>,
    pub(super) unresolved: Vec<Unresolved>,
    /// Series of which a target failed.
    pub(super) failed: BTreeSet<SeriesName>,
    pub(super) policy: &'r Policy,
    pub(super) context: &'r Context,
}

/// What a worker needs to know of a target.
struct Job {
    /// Of its entry.
    index: usize,
    target: Arc<Target>,
    history: Arc<History>,
    make_schema: bool,
    /// The version to stop at.
    up_to: Version,
}

impl<'r> Run<'r> {
    pub(super) fn new(
        targets: &[Arc<Target>],
        others: &[Arc<Target>],
        request: &'r MigrateRequest,
        context: &'r Context,
    ) -> Self {
        Run {
            fleet: Prepared::new(targets, others, request, context),
            unresolved: Vec::new(),
            failed: BTreeSet::new(),
            policy: &request.policy,
            context,
        }
    }

    /// Runs all targets of `series` up to a version.
    pub(super) fn step(&mut self, series: &Arc<Series>, up_to: Version) -> Flow {
        if self.context.interrupt.requested().is_some() {
            return Flow::Stop;
        }
        if self.depends_on_failed(series, up_to) {
            self.failed.insert(series.name());
            return Flow::Continue;
        }
        if let Some(flow) = self.resolve(series) {
            return flow;
        }
        let entries = self.fleet.entries.iter().enumerate();
        let of_series = entries.filter(|(_, entry)| Arc::ptr_eq(&entry.target.series, series));
        let pending: Vec<(usize, Arc<Target>)> = of_series
            .filter(|(_, entry)| {
                entry.report.problems.is_empty()
                    && !entry.held_back
                    && entry.has_pending_up_to(up_to)
            })
            .map(|(index, entry)| (index, Arc::clone(&entry.target)))
            .collect();
        if !series.is_fleet() {
            return self.work(series, pending, up_to, false);
        }
        if is_atomic(series, self.policy) {
            return self.work_together(series, &pending, up_to);
        }
        let (canaries, others) = self.policy.canaries(pending, |(_, target)| target);
        if !canaries.is_empty() {
            let indices: Vec<usize> = canaries.iter().map(|(index, _)| *index).collect();
            let flow = self.work(series, canaries, up_to, true);
            let entries = &self.fleet.entries;
            let is_there = |index: &usize| {
                let entry = entries.get(*index);
                entry.is_some_and(|entry| !entry.has_pending_up_to(up_to))
            };
            if flow == Flow::Stop || !indices.iter().all(is_there) {
                return Flow::Stop;
            }
        }
        self.work(series, others, up_to, false)
    }

    /// Runs `targets`, several at a time, each up to a version.
    fn work(
        &mut self,
        series: &Arc<Series>,
        targets: Vec<(usize, Arc<Target>)>,
        up_to: Version,
        canary: bool,
    ) -> Flow {
        if targets.is_empty() {
            return Flow::Continue;
        }
        let request = self.fleet.request.plan;
        let Prepared { entries, pool, .. } = &mut self.fleet;
        let of_series = || {
            entries
                .iter()
                .filter(|e| Arc::ptr_eq(&e.target.series, series))
        };
        let round = Round {
            series,
            policy: self.policy,
            context: self.context,
            canary,
            all: of_series().count(),
            failures: of_series()
                .filter(|entry| is_failure(&entry.report))
                .count(),
        };
        let task = |(index, target): (usize, Arc<Target>)| {
            let entry = entries.get(index)?;
            Some(Task {
                what: Job {
                    index,
                    target: Arc::clone(&target),
                    history: Arc::clone(&entry.history),
                    make_schema: entry.make_schema,
                    up_to: entry.stop(up_to),
                },
                target,
            })
        };
        let tasks = targets.into_iter().filter_map(task).collect();
        let work = |job: &Job, link: &mut Link, context: &Context| job.run(link, request, context);
        let (flow, failures) = round.run(pool, tasks, work, &mut Ran { entries, up_to });
        if failures > 0 {
            self.failed.insert(series.name());
        }
        flow
    }

    /// Runs the targets of each database in one transaction, up to a version.
    fn work_together(
        &mut self,
        series: &Series,
        targets: &[(usize, Arc<Target>)],
        up_to: Version,
    ) -> Flow {
        let request = plan::Request {
            up_to: Some(up_to),
            ..self.fleet.request.plan
        };
        let indices: Vec<usize> = targets.iter().map(|(index, _)| *index).collect();
        let Prepared { entries, pool, .. } = &mut self.fleet;
        let flow = atomic::run(entries, pool, &indices, request, self.context);
        if flow == Flow::Stop {
            self.failed.insert(series.name());
        }
        flow
    }

    /// Names the targets of a series that waited for the global track; `None` if its targets were known all along.
    fn resolve(&mut self, series: &Arc<Series>) -> Option<Flow> {
        let position = self
            .fleet
            .later
            .iter()
            .position(|later| Arc::ptr_eq(&later.series, series))?;
        let later = self.fleet.later.remove(position);
        match (later.ask)() {
            Ok(targets) => {
                self.fleet.add(&targets);
                self.is_blocked().then_some(Flow::Stop)
            }
            Err(problems) => {
                self.failed.insert(series.name());
                let unresolved = problems.0.into_iter().map(|problem| Unresolved {
                    series: Arc::clone(series),
                    problem,
                });
                self.unresolved.extend(unresolved);
                Some(Flow::Continue)
            }
        }
    }

    /// Whether a target failed of what `series` comes after.
    fn depends_on_failed(&self, series: &Series, up_to: Version) -> bool {
        let global = SeriesName {
            track: Some(Track::Global),
            ..series.name()
        };
        let after_global = series.track == Some(Track::Tenant) && self.failed.contains(&global);
        let migrations = series.migrations.iter().filter(|m| m.version <= up_to);
        let mut required = migrations.flat_map(|m| &m.directives.requires);
        after_global
            || required.any(|requirement| {
                let failed = |name: &SeriesName| {
                    let wanted = &requirement.series;
                    name.app == wanted.app
                        && name.database == wanted.database
                        && (wanted.track.is_none() || wanted.track == name.track)
                };
                self.failed.iter().any(failed)
            })
    }

    /// Marks everything that still has something pending as not reached.
    pub(super) fn leave_pending(&mut self) {
        for entry in &mut self.fleet.entries {
            if entry.is_waiting() && entry.report.problems.is_empty() {
                entry.report.outcome = Outcome::NotReached;
            }
        }
        self.leave_later();
    }

    /// Reports what was never asked for its targets.
    pub(super) fn leave_later(&mut self) {
        for later in std::mem::take(&mut self.fleet.later) {
            let waits = self.fleet.waits_for_global(&later.series);
            self.unresolved.push(later.unresolved(waits));
        }
    }

    /// Nothing runs: the problems are shown with the first target that wanted to.
    pub(super) fn refuse(&mut self, problems: Vec<Problem>) {
        let mut entries = self.fleet.entries.iter_mut();
        if let Some(entry) = entries.find(|entry| entry.asked && !entry.plan.pending.is_empty()) {
            entry.report.fail(problems);
        }
        self.leave_pending();
    }

    /// What became of each target that was asked for, and of others where that matters to these.
    pub(super) fn report(self, started: Instant) -> Report {
        let entries = self.fleet.entries;
        let unmet = entries.iter().any(|entry| {
            let mut problems = entry.report.problems.iter();
            entry.asked && problems.any(|problem| problem.kind == Kind::Requirement)
        });
        let with_requirements = self.fleet.request.with_requirements;
        let matters = |entry: &Entry| {
            let failed = !entry.report.problems.is_empty();
            entry.asked
                || !entry.report.applied.is_empty()
                || (failed && (unmet || with_requirements))
        };
        let targets = entries
            .into_iter()
            .filter(matters)
            .map(|entry| entry.report);
        Report {
            targets: targets.collect(),
            unresolved: self.unresolved,
            elapsed: started.elapsed(),
            interrupted: self.context.interrupt.requested(),
        }
    }
}

impl Job {
    fn run(&self, link: &mut Link, request: plan::Request, context: &Context) -> TargetReport {
        let mut runner = Runner::new(&self.target, link, context);
        if self.make_schema
            && let Err(problem) = runner.make_schema()
        {
            return runner.fail(vec![problem]);
        }
        let request = plan::Request {
            up_to: Some(self.up_to),
            ..request
        };
        runner.migrate(History::clone(&self.history), request)
    }
}

/// The entries of a round that runs up to a version.
struct Ran<'e> {
    entries: &'e mut [Entry],
    up_to: Version,
}

impl Reports<Job> for Ran<'_> {
    fn of(&mut self, job: &Job) -> Option<&mut TargetReport> {
        Some(&mut self.entries.get_mut(job.index)?.report)
    }

    fn succeeded(&mut self, job: &Job) {
        if let Some(entry) = self.entries.get_mut(job.index) {
            entry.reached = Some(self.up_to);
        }
    }
}
