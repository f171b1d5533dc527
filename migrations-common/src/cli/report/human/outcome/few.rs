//! How a run over single targets ended.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::super::names::{database, target};
use super::super::super::wording::{BAD, GOOD, count, elapsed, headed, version};
use super::tally::{tally, word};
use super::{all_of_it, is_behind, newest};
use crate::migration::Version;
use crate::report::{Outcome, Report, TargetReport};

/// Names are listed up to here, and counted beyond.
const LISTED: usize = 8;

/// The last lines of a run.
pub(super) fn text(report: &Report, file: Option<&Path>) -> String {
    let unfinished: Vec<&TargetReport> =
        report.targets.iter().filter(|one| is_behind(one)).collect();
    if unfinished.is_empty() && report.interrupted.is_none() {
        return headed(GOOD, "Finished", finished(report));
    }
    // What happened to a target that was alone is said by its problem.
    if let [only] = report.targets.as_slice()
        && !only.problems.is_empty()
    {
        return String::new();
    }
    let mut text = String::new();
    let heading = match report.interrupted {
        Some(_) => "Interrupted",
        None => "Stopped",
    };
    let summary = format!("{} in {}", tally(report), elapsed(report.elapsed));
    text += &headed(BAD, heading, summary);
    for one in unfinished.iter().take(LISTED) {
        let stands = match one.current {
            Some(version) => format!("stands at V{version}"),
            None if one.outcome == Outcome::NotReached => "nothing is applied yet".to_owned(),
            None => String::new(),
        };
        let line = format!("{:<20} {stands}", target(&one.target));
        text += &headed(BAD, word(one), line.trim_end());
    }
    if unfinished.len() > LISTED {
        text += &headed(BAD, "", format!("and {} more", unfinished.len() - LISTED));
    }
    text + &file.map_or_else(String::new, all_of_it)
}

/// `2 targets at head: core V15, analytics V6 in 0.9 s`.
fn finished(report: &Report) -> String {
    let targets = &report.targets;
    if targets.is_empty() {
        return "nothing to do: there are no targets".to_owned();
    }
    let number = count(targets.len(), "target");
    let at_head = targets.iter().all(|one| one.current == newest(one));
    let stand = standing(targets);
    if targets.iter().all(|one| one.applied.is_empty()) {
        let words = if at_head {
            " already at head"
        } else {
            ", nothing to do"
        };
        return format!("{number}{words}: {stand}");
    }
    let words = if at_head { " at head" } else { "" };
    format!("{number}{words}: {stand} in {}", elapsed(report.elapsed))
}

/// Where targets stand: by name while there are few, by database when there are many.
fn standing(targets: &[TargetReport]) -> String {
    let one_app = targets
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a.target.series.app == b.target.series.app));
    let name = |one: &TargetReport| {
        if one_app {
            database(&one.target)
        } else {
            target(&one.target)
        }
    };
    if targets.len() <= LISTED {
        let each = targets
            .iter()
            .map(|one| format!("{} {}", name(one), version(one.current)));
        return each.collect::<Vec<_>>().join(", ");
    }
    let mut groups: BTreeMap<(String, Option<Version>), usize> = BTreeMap::new();
    for one in targets {
        let database = &one.target.series;
        let name = format!("{} {}", database.app, database.config.name);
        *groups.entry((name, one.current)).or_default() += 1;
    }
    let parts = groups
        .into_iter()
        .map(|((name, current), number)| format!("{name} {} ({number})", version(current)));
    parts.collect::<Vec<_>>().join(", ")
}
