//! The order over apps: migrations, each after what it requires.

use std::sync::Arc;

use super::unmet::unmet;
use super::{Progress, find, meet};
use crate::app::Series;
use crate::directive::Requirement;
use crate::migration::{Migration, Version};
use crate::problem::{Kind, Problem};
use crate::program::Program;

/// A run of one series without a stop: up to `up_to`, on all of its targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which of the series.
    pub series: usize,
    /// The version to stop at.
    pub up_to: Version,
}

/// Orders what is pending in `series` so that each migration comes after its predecessor, after what it requires, and a
/// tenant's after all of the global track.
///
/// It is an order over migrations, not over apps: app1 V1, app2 V1, app1 V2 is legal. A series is left only when it
/// has to wait; where nothing decides, the first of `series` goes on.
///
/// # Errors
/// `missing-requirement` for what is neither applied nor pending, `requirement-cycle`.
pub fn order(
    series: &[Progress<'_>],
    known: &[Arc<Series>],
    program: &Program,
) -> Result<Vec<Step>, Vec<Problem>> {
    let nodes: Vec<Waiting<'_>> = series
        .iter()
        .map(|one| Waiting::new(one, series, known))
        .collect();
    let problems: Vec<Problem> = nodes
        .iter()
        .flat_map(|node| node.unmet(series, known, program))
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut done = vec![0_usize; nodes.len()];
    let mut steps: Vec<Step> = Vec::new();
    loop {
        let current = steps.last().map(|step: &Step| step.series);
        let next = current
            .into_iter()
            .chain(0..nodes.len())
            .find_map(|index| Some((index, nodes.get(index)?.ready(index, series, &done)?)));
        let Some((index, version)) = next else { break };
        if let Some(done) = done.get_mut(index) {
            *done += 1;
        }
        match steps.last_mut().filter(|step| step.series == index) {
            Some(step) => step.up_to = version,
            None => steps.push(Step {
                series: index,
                up_to: version,
            }),
        }
    }
    let stuck: Vec<(&Arc<Series>, &Arc<Migration>)> = series
        .iter()
        .zip(&done)
        .filter_map(|(one, done)| one.pending.get(*done).map(|m| (one.series, *m)))
        .collect();
    if stuck.is_empty() {
        Ok(steps)
    } else {
        Err(vec![cycle(&stuck)])
    }
}

/// A series with what it waits for.
struct Waiting<'a> {
    progress: &'a Progress<'a>,
    /// Its pending migrations' requirements, each with the series that it means.
    requires: Vec<Vec<(&'a Requirement, Option<usize>)>>,
    /// The global track that comes before this one.
    before: Option<usize>,
}

impl<'a> Waiting<'a> {
    fn new(progress: &'a Progress<'a>, all: &[Progress<'_>], known: &[Arc<Series>]) -> Self {
        let index = |requirement: &Requirement| {
            let name = find(known, &requirement.series)?.name();
            let other = all.iter().position(|other| other.series.name() == name)?;
            let here = all.get(other)?;
            meet(progress.series, here.series).then_some(other)
        };
        let of = |migration: &&'a Arc<Migration>| {
            let requires = migration.directives.requires.iter();
            requires
                .map(|required| (required, index(required)))
                .collect()
        };
        let is_before = |other: &Progress<'_>| other.series.comes_before(progress.series);
        Waiting {
            progress,
            requires: progress.pending.iter().map(of).collect(),
            before: all.iter().position(is_before),
        }
    }

    /// Requirements that are neither applied nor pending.
    fn unmet(
        &self,
        all: &[Progress<'_>],
        known: &[Arc<Series>],
        program: &Program,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (migration, requires) in self.progress.pending.iter().zip(&self.requires) {
            for (requirement, index) in requires {
                let version = requirement.version;
                let met = index.and_then(|index| all.get(index)).is_some_and(|other| {
                    let is_pending = other.pending.iter().any(|m| m.version == version);
                    let will_be = is_pending && !other.left_out.contains(&version);
                    will_be || other.applied.contains(&version)
                });
                if !met {
                    let series = self.progress.series;
                    problems.push(unmet(series, migration, requirement, known, program));
                }
            }
        }
        problems
    }

    /// The version to run next, if nothing is in its way; `done` counts what each series has behind it.
    fn ready(&self, own: usize, all: &[Progress<'_>], done: &[usize]) -> Option<Version> {
        let behind = |index: usize| done.get(index).copied().unwrap_or(0);
        let next = behind(own);
        let migration = self.progress.pending.get(next)?;
        let globals_are_done = self.before.is_none_or(|index| {
            all.get(index)
                .is_none_or(|global| behind(index) >= global.pending.len())
        });
        let is_met = |(requirement, index): &(&Requirement, Option<usize>)| {
            index.is_some_and(|index| {
                all.get(index).is_some_and(|other| {
                    // On some targets it may be applied, on others pending: then it has to come first too.
                    let mut ran = other.pending.iter().take(behind(index));
                    let pending = other
                        .pending
                        .iter()
                        .any(|m| m.version == requirement.version);
                    ran.any(|m| m.version == requirement.version)
                        || (!pending && other.applied.contains(&requirement.version))
                })
            })
        };
        let met = self
            .requires
            .get(next)
            .is_none_or(|all| all.iter().all(is_met));
        (globals_are_done && met).then_some(migration.version)
    }
}

fn cycle(stuck: &[(&Arc<Series>, &Arc<Migration>)]) -> Problem {
    let names: Vec<String> = stuck
        .iter()
        .map(|(series, m)| format!("{} V{}", series.label(), m.version))
        .collect();
    let mut problem = Problem::new(
        Kind::Requirement,
        "requirement-cycle",
        format!("each of these waits for another: {}", names.join(", ")),
    )
    .help("remove one `requires`, or move what it needs into an earlier migration");
    for (_, migration) in stuck {
        let span = migration
            .directives
            .requires
            .first()
            .map_or(0..0, |r| r.span.clone());
        problem = problem.at(migration.source.place(span));
    }
    problem
}
