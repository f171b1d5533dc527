//! Applying what is pending, over all targets that were asked for.

use std::sync::Arc;
use std::time::Instant;

use super::look::{Found, look};
use crate::app::Series;
use crate::event::Event;
use crate::history::History;
use crate::migration::{Migration, Version};
use crate::plan::{self, Plan};
use crate::problem::{Kind, Problem};
use crate::report::{Outcome, Report, TargetReport};
use crate::requirement::{self, Progress, Step};
use crate::runner::{Context, Runner};
use crate::target::Target;
use crate::track::SeriesName;

/// What a run is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct MigrateRequest {
    /// Where to stop, and what to let pass.
    pub plan: plan::Request,
    /// Whether a target that is ahead is an error.
    pub strict: bool,
    /// Whether to apply what is required of other apps too.
    pub with_requirements: bool,
}

/// Applies what is pending on `targets`.
///
/// `others` are the other apps' targets in the environment: what is required of them is looked up there, and with
/// `with_requirements` applied. Nothing runs before all plans are made, and all that is wrong is known.
pub fn migrate(
    targets: &[Arc<Target>],
    others: &[Arc<Target>],
    request: MigrateRequest,
    context: &Context,
) -> Report {
    let started = Instant::now();
    let mut fleet = Prepared::new(targets, others, request, context);
    if fleet.may_run() {
        match fleet.order() {
            Ok(steps) => fleet.run(&steps),
            Err(problems) => fleet.refuse(problems),
        }
    }
    Report {
        targets: fleet.reports(),
        elapsed: started.elapsed(),
        interrupted: context.interrupt.requested(),
        ..Report::default()
    }
}

/// What would run: the plan of each target, or what stands in the way. Opens connections to look, and changes nothing.
pub fn dry_run(
    targets: &[Arc<Target>],
    others: &[Arc<Target>],
    request: MigrateRequest,
    context: &Context,
) -> (Vec<(Arc<Target>, Plan)>, Report) {
    let started = Instant::now();
    let mut fleet = Prepared::new(targets, others, request, context);
    if fleet.may_run()
        && let Err(problems) = fleet.order()
    {
        fleet.refuse(problems);
    }
    let plans = fleet.entries.iter_mut().filter(|entry| {
        entry.asked || (request.with_requirements && !entry.plan.pending.is_empty())
    });
    let plans = plans
        .map(|entry| (Arc::clone(&entry.target), std::mem::take(&mut entry.plan)))
        .collect();
    let report = Report {
        targets: fleet.reports(),
        elapsed: started.elapsed(),
        interrupted: context.interrupt.requested(),
        ..Report::default()
    };
    (plans, report)
}

/// All targets of a run, with what was found of each.
struct Prepared<'r> {
    entries: Vec<Entry>,
    /// Every app's databases, for messages on what is not among the entries.
    known: Vec<Arc<Series>>,
    found: Found,
    request: MigrateRequest,
    context: &'r Context,
}

struct Entry {
    target: Arc<Target>,
    /// Whether the user named it; else it is there for what others require.
    asked: bool,
    history: History,
    plan: Plan,
    report: TargetReport,
}

impl<'r> Prepared<'r> {
    fn new(
        targets: &[Arc<Target>],
        others: &[Arc<Target>],
        request: MigrateRequest,
        context: &'r Context,
    ) -> Self {
        let known: Vec<Arc<Series>> = targets
            .iter()
            .chain(others)
            .map(|target| Arc::clone(&target.series))
            .collect();
        // Not all of this will be needed, but one look shows it all.
        let perhaps =
            requirement::closure(targets.iter().flat_map(|t| &t.series.migrations), &known);
        let all = targets.iter().chain(others).enumerate();
        let wanted: Vec<Arc<Target>> = all
            .filter(|(index, target)| *index < targets.len() || perhaps.contains_key(&key(target)))
            .map(|(_, target)| Arc::clone(target))
            .collect();
        let mut found = look(&wanted, context);
        let histories = std::mem::take(&mut found.histories);
        let mut looked = wanted.into_iter().zip(histories);
        let mut entries: Vec<Entry> = looked
            .by_ref()
            .take(targets.len())
            .map(|(target, history)| Entry::new(target, true, history, request.plan))
            .collect();
        let pending = entries.iter().flat_map(|entry| &entry.plan.pending);
        let needed = requirement::closure(pending.map(|file| &file.migration), &known);
        entries.extend(looked.filter_map(|(target, history)| {
            let up_to = newest(&target.series, *needed.get(&key(&target))?);
            let plan = plan::Request {
                up_to: Some(up_to?),
                ..request.plan
            };
            Some(Entry::new(target, false, history, plan))
        }));
        Prepared {
            entries,
            known,
            found,
            request,
            context,
        }
    }

    /// Whether nothing found so far forbids to run; tells of warnings.
    fn may_run(&mut self) -> bool {
        for entry in &mut self.entries {
            for warning in &entry.plan.warnings {
                (self.context.observer)(&Event::Warning(warning.clone()));
            }
            if let Some(newest) = entry.plan.ahead.last() {
                entry.report.outcome = Outcome::Ahead;
                if self.request.strict {
                    entry.report.fail(vec![ahead(&entry.target, *newest)]);
                }
            }
        }
        // What only others need is their problem once they need it.
        let blocked = self.entries.iter().any(|entry| {
            !entry.report.problems.is_empty() && (entry.asked || self.request.with_requirements)
        });
        if blocked {
            self.leave_pending();
        }
        !blocked
    }

    fn order(&self) -> Result<Vec<Step>, Vec<Problem>> {
        requirement::order(&self.series(), &self.known, &self.context.program)
    }

    /// One series an app's database, whatever the number of its targets; in the order that they were asked for.
    fn series(&self) -> Vec<Progress<'_>> {
        let mut series: Vec<Progress<'_>> = Vec::new();
        for entry in &self.entries {
            let database = &entry.target.series;
            let runs = entry.asked || self.request.with_requirements;
            let pending = entry.plan.pending.iter().filter(|_| runs);
            let pending: Vec<&Arc<Migration>> =
                pending.map(|prepared| &prepared.migration).collect();
            let applied = entry.history.rows.iter().map(|row| row.version).collect();
            match series
                .iter_mut()
                .find(|one| one.series.label() == database.label())
            {
                Some(one) => {
                    one.applied = one.applied.intersection(&applied).copied().collect();
                    one.pending.extend(pending);
                    one.pending.sort_by_key(|migration| migration.version);
                    one.pending.dedup_by_key(|migration| migration.version);
                }
                None => series.push(Progress {
                    series: database,
                    applied,
                    pending,
                }),
            }
        }
        series
    }

    fn run(&mut self, steps: &[Step]) {
        let names: Vec<SeriesName> = self.series().iter().map(|s| s.series.name()).collect();
        for step in steps {
            for index in 0..self.entries.len() {
                let Some(entry) = self.entries.get(index) else {
                    continue;
                };
                if names.get(step.series) != Some(&key(&entry.target))
                    || !entry.has_pending_up_to(step.up_to)
                {
                    continue;
                }
                if self.context.interrupt.requested().is_some()
                    || self.step(index, step.up_to).is_err()
                {
                    return self.leave_pending();
                }
            }
        }
    }

    /// Runs one target up to a version.
    fn step(&mut self, index: usize, up_to: Version) -> Result<(), ()> {
        let Some(entry) = self.entries.get_mut(index) else {
            return Ok(());
        };
        let request = plan::Request {
            up_to: Some(up_to),
            ..self.request.plan
        };
        let target = Arc::clone(&entry.target);
        let link = self.found.link(&target);
        let report =
            Runner::new(&target, link, self.context).migrate(entry.history.clone(), request);
        for applied in &report.applied {
            let form = entry.history.form.unwrap_or_else(|| {
                crate::history::created_form(target.series.config.history_version)
            });
            entry.history.record(form, &applied.migration, None);
        }
        let failed = !report.problems.is_empty();
        entry.report.add(report);
        if failed { Err(()) } else { Ok(()) }
    }

    /// Marks everything that still has something pending as not reached.
    fn leave_pending(&mut self) {
        for entry in &mut self.entries {
            let waiting = entry
                .plan
                .pending
                .last()
                .is_some_and(|last| entry.has_pending_up_to(last.migration.version));
            if waiting && entry.report.problems.is_empty() {
                entry.report.outcome = Outcome::NotReached;
            }
        }
    }

    /// Nothing runs: the problems are shown with the first target that wanted to.
    fn refuse(&mut self, problems: Vec<Problem>) {
        if let Some(entry) = self
            .entries
            .iter_mut()
            .find(|entry| entry.asked && !entry.plan.pending.is_empty())
        {
            entry.report.fail(problems);
        }
        self.leave_pending();
    }

    /// What became of each target that was asked for, and of others where that matters to these.
    fn reports(self) -> Vec<TargetReport> {
        let unmet = self.entries.iter().any(|entry| {
            let problems = &entry.report.problems;
            entry.asked
                && problems
                    .iter()
                    .any(|problem| problem.kind == Kind::Requirement)
        });
        let matters = |entry: &Entry| {
            let failed = !entry.report.problems.is_empty();
            entry.asked
                || !entry.report.applied.is_empty()
                || (failed && (unmet || self.request.with_requirements))
        };
        self.entries
            .into_iter()
            .filter(matters)
            .map(|entry| entry.report)
            .collect()
    }
}

impl Entry {
    fn new(
        target: Arc<Target>,
        asked: bool,
        history: Result<History, Problem>,
        request: plan::Request,
    ) -> Self {
        let mut report = TargetReport::at_head(&target);
        let (history, problems) = match history {
            Ok(history) => (history, Vec::new()),
            Err(problem) => (History::default(), vec![problem]),
        };
        report.current = history.current();
        let mut plan = Plan::default();
        if problems.is_empty() {
            match plan::plan(&target.series, &history, request, &target.values) {
                Ok(made) => plan = made,
                Err(problems) => report.fail(problems),
            }
        } else {
            report.fail(problems);
        }
        Entry {
            target,
            asked,
            history,
            plan,
            report,
        }
    }

    fn has_pending_up_to(&self, version: Version) -> bool {
        self.plan.pending.iter().any(|prepared| {
            let pending = prepared.migration.version;
            pending <= version && self.history.find(pending).is_none()
        })
    }
}

/// The newest version of `database` that is not above `version`; what does not exist cannot be planned.
fn newest(database: &Series, version: Version) -> Option<Version> {
    let versions = database
        .migrations
        .iter()
        .map(|migration| migration.version);
    versions.filter(|known| *known <= version).max()
}

fn key(target: &Target) -> SeriesName {
    target.series.name()
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
