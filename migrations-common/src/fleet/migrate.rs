//! Applying what is pending, over all targets that were asked for.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use super::atomic::{self, is_atomic};
use super::crew::{Flow, Task};
use super::mistakes;
use super::policy::{Policy, is_failure};
use super::prepared::{Entry, Prepared};
use super::round::{Reports, Round, layout};
use super::shards;
use crate::app::Series;
use crate::event::Event;
use crate::history::History;
use crate::migration::Version;
use crate::plan::{self, Plan};
use crate::problem::{Kind, Problem, Problems};
use crate::report::{GLOBAL_FIRST, Outcome, Report, TargetReport, Unresolved};
use crate::runner::{Context, Link, Runner};
use crate::target::Target;
use crate::track::{SeriesName, Track};

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

/// A series whose source of tenants did not answer, for want of something that the global track makes.
#[derive(Clone)]
pub struct Later {
    /// The series.
    pub series: Arc<Series>,
    /// Why the source did not answer.
    pub problem: Problem,
    /// Asks it again.
    pub ask: Arc<dyn Fn() -> Result<Vec<Arc<Target>>, Problems> + Send + Sync>,
}

impl fmt::Debug for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Later({}: {})", self.series.label(), self.problem)
    }
}

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

/// A run, from the look to the report.
struct Run<'r> {
    fleet: Prepared<'r>,
    unresolved: Vec<Unresolved>,
    /// Series of which a target failed.
    failed: BTreeSet<SeriesName>,
    policy: &'r Policy,
    context: &'r Context,
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
    fn new(
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

    /// Whether nothing found so far forbids to run; tells of warnings.
    fn may_run(&mut self) -> bool {
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
    fn is_blocked(&mut self) -> bool {
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

    /// Runs all targets of `series` up to a version.
    fn step(&mut self, series: &Arc<Series>, up_to: Version) -> Flow {
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
    fn leave_pending(&mut self) {
        for entry in &mut self.fleet.entries {
            if entry.is_waiting() && entry.report.problems.is_empty() {
                entry.report.outcome = Outcome::NotReached;
            }
        }
        self.leave_later();
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

    /// Reports what was never asked for its targets.
    fn leave_later(&mut self) {
        for later in std::mem::take(&mut self.fleet.later) {
            let waits = self.fleet.waits_for_global(&later.series);
            self.unresolved.push(later.unresolved(waits));
        }
    }

    /// Nothing runs: the problems are shown with the first target that wanted to.
    fn refuse(&mut self, problems: Vec<Problem>) {
        let mut entries = self.fleet.entries.iter_mut();
        if let Some(entry) = entries.find(|entry| entry.asked && !entry.plan.pending.is_empty()) {
            entry.report.fail(problems);
        }
        self.leave_pending();
    }

    /// What became of each target that was asked for, and of others where that matters to these.
    fn report(self, started: Instant) -> Report {
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

impl Later {
    /// Asks once more, where the global track is at head: another runner may have run it since the first time.
    pub(super) fn again(self) -> Result<Vec<Arc<Target>>, Later> {
        (self.ask)().map_err(|Problems(problems)| {
            let problem = problems.into_iter().next();
            Later {
                problem: problem.unwrap_or_else(|| self.problem.clone()),
                ..self
            }
        })
    }

    /// Why its targets are not known; where it `waits` for the global track, that is no failure.
    pub(super) fn unresolved(self, waits: bool) -> Unresolved {
        let problem = if waits {
            Problem::new(
                Kind::Requirement,
                GLOBAL_FIRST,
                format!(
                    "the tenants of {} are not known yet: global first",
                    self.series.label()
                ),
            )
            .note(format!("its source of tenants says: {}", self.problem))
            .help("`migrate` runs the global track, and then asks for the tenants")
        } else {
            self.problem
        };
        Unresolved {
            series: self.series,
            problem,
        }
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
