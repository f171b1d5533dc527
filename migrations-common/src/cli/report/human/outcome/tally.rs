//! How many targets ended in which way: each is counted once.

use std::collections::BTreeMap;

use super::super::super::group;
use super::super::super::wording::version;
use crate::event::How;
use crate::migration::Version;
use crate::problem::Kind;
use crate::report::{Outcome, Report, TargetReport};

/// `998 applied (V41 -> V42), 1 already at head, 1 failed`.
pub(super) fn tally(report: &Report) -> String {
    let mut numbers: BTreeMap<(Outcome, &str), usize> = BTreeMap::new();
    for one in &report.targets {
        *numbers.entry((one.outcome, word(one))).or_default() += 1;
    }
    let parts = numbers.into_iter().map(|((outcome, word), number)| {
        let ways = match outcome {
            Outcome::Applied => ways(report),
            _ => String::new(),
        };
        format!("{number} {word}{ways}")
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// What became of a target, in a word.
pub(super) fn word(one: &TargetReport) -> &'static str {
    let kind = one.problems.first().map(|problem| problem.kind);
    match one.outcome {
        Outcome::Failed if kind == Some(Kind::Interrupted) => "interrupted",
        Outcome::Applied => "applied",
        Outcome::AtHead => "already at head",
        Outcome::Ahead => "ahead",
        Outcome::Failed => "failed",
        Outcome::Busy => "busy",
        Outcome::NotReached => "not reached",
    }
}

/// ` (V41 -> V42)`, where all of one fleet went that way; where they began at several versions, ` (to V42)`.
fn ways(report: &Report) -> String {
    let applied = report
        .targets
        .iter()
        .filter(|one| one.outcome == Outcome::Applied);
    if !applied.clone().all(|one| one.target.series.is_fleet()) {
        return String::new();
    }
    let ways = group::by_size(applied, |one| (one.target.series.name(), way(one)));
    match ways.as_slice() {
        [((_, Some((from, to))), _)] => format!(" ({} -> {})", version(*from), version(*to)),
        [((series, Some((_, to))), _), others @ ..]
            if others.iter().all(|((other, way), _)| {
                other == series && way.is_some_and(|(_, there)| there == *to)
            }) =>
        {
            format!(" (to {})", version(*to))
        }
        _ => String::new(),
    }
}

/// From where to where; `None` where that does not tell what was done.
fn way(one: &TargetReport) -> Option<(Option<Version>, Option<Version>)> {
    let migrations = &one.target.series.migrations;
    let (first, last) = (one.applied.first()?, one.applied.last()?);
    let version = first.migration.version;
    let from = match first.how {
        How::TakenBack => Some(version),
        How::Repaired => return None,
        _ if one.current != Some(last.migration.version) => return None,
        _ => migrations
            .iter()
            .map(|migration| migration.version)
            .filter(|known| *known < version)
            .max(),
    };
    Some((from, one.current))
}
