//! Rollback, baseline and repair over targets: all is checked on all of them before anything is changed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::look::{Found, look};
use crate::history::History;
use crate::migration::{Checksum, Migration, Version, find};
use crate::prepare::Prepared;
use crate::problem::{Kind, Problem};
use crate::report::{Outcome, Report, TargetReport};
use crate::requirement::{self, Progress, dependents};
use crate::runner::{Context, Runner, to_take_back};
use crate::target::Target;

/// Takes back everything newer than `to` on `targets`; 0 takes back all.
///
/// Refused while an applied migration of one of `others` requires what would go.
pub fn roll_back(
    targets: &[Arc<Target>],
    others: &[Arc<Target>],
    to: Version,
    context: &Context,
) -> Report {
    over(targets, others, context, |target, history, others| {
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
    })
}

/// Records everything up to `version` as applied on `targets` without running it.
///
/// Refused where the history goes further: nothing is ever taken out of it here.
pub fn baseline(targets: &[Arc<Target>], version: Version, context: &Context) -> Report {
    over(targets, &[], context, |target, history, _| {
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
pub fn repair(targets: &[Arc<Target>], version: Version, context: &Context) -> Report {
    over(targets, &[], context, |target, history, _| {
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
    TakeBack(Vec<Prepared>),
    Baseline(Vec<Arc<Migration>>),
    Repair(Arc<Migration>),
}

/// What other apps' targets hold.
type Others<'a> = [(&'a Arc<Target>, &'a Result<History, Problem>)];

/// Decides for every target, then, if nothing stands in the way of any, changes one after the other.
fn over(
    targets: &[Arc<Target>],
    others: &[Arc<Target>],
    context: &Context,
    decide: impl Fn(&Target, &History, &Others<'_>) -> Result<Change, Vec<Problem>>,
) -> Report {
    let started = Instant::now();
    let all: Vec<Arc<Target>> = targets.iter().chain(others).map(Arc::clone).collect();
    let mut found = look(&all, context);
    let histories = std::mem::take(&mut found.histories);
    let held: Vec<_> = all.iter().zip(&histories).skip(targets.len()).collect();
    let mut reports: Vec<TargetReport> = targets.iter().map(TargetReport::at_head).collect();
    let mut changes = Vec::new();
    for ((target, history), report) in targets.iter().zip(&histories).zip(&mut reports) {
        let decided = match history {
            Ok(history) => {
                report.current = history.current();
                decide(target, history, &held)
            }
            Err(problem) => Err(vec![problem.clone()]),
        };
        match decided {
            Ok(change) => changes.push((change, history.clone().unwrap_or_default())),
            Err(problems) => {
                report.fail(problems);
                changes.push((Change::None, History::default()));
            }
        }
    }
    let mut stopped = reports.iter().any(|report| !report.problems.is_empty());
    for ((report, target), (change, history)) in reports.iter_mut().zip(targets).zip(changes) {
        stopped = stopped || context.interrupt.requested().is_some();
        if stopped {
            if !matches!(change, Change::None) {
                report.outcome = Outcome::NotReached;
            }
            continue;
        }
        apply(&mut found, target, change, history, report, context);
        stopped = !report.problems.is_empty();
    }
    Report {
        targets: reports,
        elapsed: started.elapsed(),
        interrupted: context.interrupt.requested(),
        ..Report::default()
    }
}

fn apply(
    found: &mut Found,
    target: &Arc<Target>,
    change: Change,
    history: History,
    report: &mut TargetReport,
    context: &Context,
) {
    let runner = Runner::new(target, found.link(target), context);
    *report = match change {
        Change::None => return,
        Change::TakeBack(files) => runner.roll_back(history, &files),
        Change::Baseline(migrations) => runner.baseline(history, &migrations),
        Change::Repair(migration) => runner.repair(history, &migration),
    };
}

/// Applied migrations of other apps that require what would go.
fn dependents_of(
    target: &Target,
    versions: &BTreeSet<Version>,
    others: &Others<'_>,
    program: &str,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut series = Vec::new();
    for (other, history) in others {
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
                "take that back first: {} rollback {} --database {} --to {}",
                program,
                node.series.app,
                node.series.database,
                below(others, &node)
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
