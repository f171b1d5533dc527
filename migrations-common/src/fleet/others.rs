//! Rollback, baseline and repair over targets: all is checked on all of them before anything is changed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::crew::Task;
use super::look::look;
use super::policy::{Policy, is_failure};
use super::pool::Pool;
use super::prepared::missing_schema;
use super::round::{Reports, Round, layout};
use crate::app::Series;
use crate::history::{History, Known};
use crate::migration::{Checksum, Migration, Version, find};
use crate::problem::{Kind, Problem};
use crate::program::Program;
use crate::report::{Outcome, Report, TargetReport};
use crate::requirement::{self, Progress, dependents};
use crate::runner::{Context, Link, Runner, TakeBack, to_take_back};
use crate::target::Target;
use crate::track::Track;

/// Takes back everything newer than `to` on `targets`; 0 takes back all.
///
/// Refused while an applied migration of one of `others` requires what would go.
pub fn roll_back(
    targets: &[Arc<Target>],
    others: &[Arc<Target>],
    to: Version,
    policy: &Policy,
    context: &Context,
) -> Report {
    over(
        targets,
        others,
        policy,
        context,
        |target, history, others| {
            if to != 0
                && let Err(problem) = target.series.migration(to)
            {
                return Err(vec![problem]);
            }
            let going = history
                .rows
                .iter()
                .map(|row| row.version)
                .filter(|version| *version > to);
            let versions: BTreeSet<Version> = going.collect();
            let mut problems = dependents_of(target, &versions, others, &context.program);
            let files = to_take_back(target, history, to).unwrap_or_else(|found| {
                problems.extend(found);
                Vec::new()
            });
            if !problems.is_empty() {
                return Err(problems);
            }
            Ok(Change::TakeBack(files))
        },
    )
}

/// Records everything up to `version` as applied on `targets` without running it.
///
/// Refused where the history goes further: nothing is ever taken out of it here.
pub fn baseline(
    targets: &[Arc<Target>],
    version: Version,
    policy: &Policy,
    context: &Context,
) -> Report {
    over(targets, &[], policy, context, |target, history, _| {
        target
            .series
            .migration(version)
            .map_err(|problem| vec![problem])?;
        if let Some(current) = history.current().filter(|current| *current > version) {
            return Err(vec![
                Problem::verification(
                    "baseline-below-history",
                    format!("{} stands at V{current}, above V{version}", target.label()),
                )
                .help(format!(
                    "baseline it at V{current} or above, or `rollback --to {version}`"
                )),
            ]);
        }
        let missing = target
            .series
            .migrations
            .iter()
            .filter(|m| m.version <= version && history.find(m.version).is_none());
        Ok(Change::Baseline(missing.map(Arc::clone).collect()))
    })
}

/// Accepts today's file of `version` as the one that was applied on `targets`.
pub fn repair(
    targets: &[Arc<Target>],
    version: Version,
    policy: &Policy,
    context: &Context,
) -> Report {
    over(targets, &[], policy, context, |target, history, _| {
        let migration = target
            .series
            .migration(version)
            .map_err(|problem| vec![problem])?;
        let Some(row) = history.find(version) else {
            return Err(vec![
                Problem::verification(
                    "not-applied",
                    format!("V{version} is not applied on {}", target.label()),
                )
                .help("there is nothing to repair; `migrate` will apply the file as it stands"),
            ]);
        };
        let same = migration.compare(row.checksum) == Checksum::Same && migration.name == row.name;
        Ok(if same {
            Change::None
        } else {
            Change::Repair(Arc::clone(migration))
        })
    })
}

/// What is to be done on a target.
enum Change {
    None,
    TakeBack(Vec<TakeBack>),
    Baseline(Vec<Arc<Migration>>),
    Repair(Arc<Migration>),
}

/// What other apps' targets hold.
type Others<'a> = [(&'a Arc<Target>, Result<Arc<History>, Problem>)];

/// Decides for every target, then, if nothing stands in the way, changes them, several at a time.
fn over(
    targets: &[Arc<Target>],
    others: &[Arc<Target>],
    policy: &Policy,
    context: &Context,
    decide: impl Fn(&Target, &History, &Others<'_>) -> Result<Change, Vec<Problem>> + Sync,
) -> Report {
    let started = Instant::now();
    let mut pool = Pool::default();
    let all: Vec<Arc<Target>> = targets.iter().chain(others).map(Arc::clone).collect();
    let seen = look(&mut pool, &all, &Known::default(), policy.jobs, context);
    let mut seen = seen.into_iter();
    let own = targets.iter().zip(seen.by_ref());
    let own: Vec<Result<Arc<History>, Problem>> = own
        .map(|(target, seen)| match seen {
            Ok(seen) if target.lacks_schema(&seen) => Err(missing_schema(target)),
            seen => Ok(seen?.history),
        })
        .collect();
    let held = seen.map(|seen| seen.map(|seen| seen.history));
    let held: Vec<_> = others.iter().zip(held).collect();
    let mut reports: Vec<TargetReport> = targets.iter().map(TargetReport::at_head).collect();
    let mut tasks = Vec::new();
    for (index, ((target, history), report)) in
        targets.iter().zip(own).zip(&mut reports).enumerate()
    {
        let decided = history
            .map_err(|problem| vec![problem])
            .and_then(|history| {
                report.current = history.current();
                Ok((decide(target, &history, &held)?, history))
            });
        match decided {
            // What is to be done is decided once more when its turn comes: here it would have to be kept.
            Ok((Change::None, _)) => {}
            Ok((_, history)) => tasks.push(Task {
                target: Arc::clone(target),
                what: Job {
                    index,
                    target: Arc::clone(target),
                    history,
                },
            }),
            Err(problems) => report.fail(problems),
        }
    }
    let failures = reports.iter().filter(|report| is_failure(report)).count();
    for task in &tasks {
        if let Some(report) = reports.get_mut(task.what.index) {
            report.outcome = Outcome::NotReached;
        }
    }
    let goes_on = |series: &Series| policy.survives(layout(series), failures, targets.len());
    if let Some(first) = targets.first()
        && goes_on(&first.series)
    {
        let round = Round {
            series: &first.series,
            policy,
            context,
            canary: false,
            all: targets.len(),
            failures,
        };
        let work = |job: &Job, link: &mut Link, context: &Context| {
            let runner = Runner::new(&job.target, link, context);
            let history = History::clone(&job.history);
            match decide(&job.target, &job.history, &held) {
                Ok(Change::None) => TargetReport::at_head(&job.target),
                Ok(Change::TakeBack(files)) => runner.roll_back(history, &files),
                Ok(Change::Baseline(migrations)) => runner.baseline(history, &migrations),
                Ok(Change::Repair(migration)) => runner.repair(history, &migration),
                Err(problems) => runner.fail(problems),
            }
        };
        round.run(&mut pool, tasks, work, &mut Changed(&mut reports));
    }
    Report {
        targets: reports,
        elapsed: started.elapsed(),
        interrupted: context.interrupt.requested(),
        ..Report::default()
    }
}

/// What a worker needs to know of a target.
struct Job {
    /// Of its report.
    index: usize,
    target: Arc<Target>,
    history: Arc<History>,
}

struct Changed<'r>(&'r mut [TargetReport]);

impl Reports<Job> for Changed<'_> {
    fn of(&mut self, job: &Job) -> Option<&mut TargetReport> {
        self.0.get_mut(job.index)
    }

    fn succeeded(&mut self, _: &Job) {}
}

/// Applied migrations of other apps that require what would go.
fn dependents_of(
    target: &Target,
    versions: &BTreeSet<Version>,
    others: &Others<'_>,
    program: &Program,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut series = Vec::new();
    for (other, history) in others {
        let both_are_tenants =
            target.series.track == Some(Track::Tenant) && other.series.track == target.series.track;
        if both_are_tenants && other.name() != target.name() {
            continue;
        }
        let requires_us = other
            .series
            .migrations
            .iter()
            .flat_map(|m| &m.directives.requires)
            .any(|r| {
                requirement::means(&r.series, &target.series) && versions.contains(&r.version)
            });
        match history {
            Ok(history) => series.push(Progress {
                series: &other.series,
                applied: history.rows.iter().map(|row| row.version).collect(),
                pending: Vec::new(),
                left_out: BTreeSet::new(),
            }),
            Err(problem) if requires_us => problems.push(problem.clone().note(format!(
                "{} requires what would go, and its history cannot be read",
                other.label()
            ))),
            Err(_) => {}
        }
    }
    for (node, version) in dependents(&target.series, versions, &series) {
        let migration = find(&target.series.migrations, version)
            .map(|m| m.label())
            .unwrap_or_default();
        problems.push(
            Problem::new(
                Kind::Requirement,
                "still-required",
                format!(
                    "{} V{} is applied and requires {migration}",
                    node.series, node.version
                ),
            )
            .help(format!(
                "take that back first: {}",
                program.command("rollback", &node.series, Some(below(others, &node)))
            )),
        );
    }
    problems
}

/// The version that a rollback of the dependent must go to, so that it is gone.
fn below(others: &Others<'_>, node: &requirement::Node) -> Version {
    others
        .iter()
        .filter(|(other, _)| other.series.name() == node.series)
        .flat_map(|(other, _)| &other.series.migrations)
        .map(|migration| migration.version)
        .filter(|version| *version < node.version)
        .max()
        .unwrap_or(0)
}
