//! How a run ended.

use std::collections::BTreeMap;

use super::super::wording::{BAD, GOOD, WAITS, count, database, elapsed, headed, target, version};
use super::Invocation;
use crate::migration::Version;
use crate::problem::{Kind, Problem};
use crate::report::{Outcome, Report, TargetReport};

/// Names are listed up to here, and counted beyond.
const LISTED: usize = 8;

/// What stopped targets, with the command to repeat.
pub(super) fn problems(report: &Report, invocation: &Invocation) -> Vec<Problem> {
    let problems = report.targets.iter().flat_map(|target| &target.problems);
    problems
        .map(|problem| match next_step(problem, &invocation.again) {
            Some(help) => problem.clone().help(help),
            None => problem.clone(),
        })
        .collect()
}

fn next_step(problem: &Problem, again: &str) -> Option<String> {
    if problem.kind == Kind::Interrupted {
        return Some(format!("to go on, run `{again}` again"));
    }
    if problem.code != "migration-failed" {
        return None;
    }
    let class = problem.sqlstate.as_deref().and_then(|state| state.get(..2));
    Some(match problem.sqlstate.as_deref() {
        // Others held a lock; the file is not at fault.
        Some("55P03" | "40P01") => format!("when the others are done, run `{again}` again"),
        // Resources, operators, the system: nor here.
        _ if matches!(class, Some("08" | "53" | "57" | "58")) => format!("run `{again}` again"),
        _ => format!("fix the file and run `{again}` again"),
    })
}

/// The last lines of a run.
pub(super) fn text(report: &Report) -> String {
    let mut text = String::new();
    for one in report
        .targets
        .iter()
        .filter(|one| one.outcome == Outcome::Ahead)
    {
        text += &headed(WAITS, "Ahead", ahead(one));
    }
    let unfinished: Vec<&TargetReport> = report
        .targets
        .iter()
        .filter(|one| {
            !matches!(
                one.outcome,
                Outcome::Applied | Outcome::AtHead | Outcome::Ahead
            )
        })
        .collect();
    if unfinished.is_empty() && report.interrupted.is_none() {
        text += &headed(GOOD, "Finished", finished(report));
        return text;
    }
    // What happened to a target that was alone is said by its problem.
    if let [only] = report.targets.as_slice()
        && !only.problems.is_empty()
    {
        return text;
    }
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
    text
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

fn newest(one: &TargetReport) -> Option<Version> {
    one.target.series.migrations.last().map(|last| last.version)
}

fn ahead(one: &TargetReport) -> String {
    format!(
        "{} holds {}; the newest known here is {}",
        target(&one.target),
        version(one.current),
        version(newest(one))
    )
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

/// `998 applied, 1 already at head, 1 failed`.
fn tally(report: &Report) -> String {
    let mut numbers: BTreeMap<(Outcome, &str), usize> = BTreeMap::new();
    for one in &report.targets {
        *numbers.entry((one.outcome, word(one))).or_default() += 1;
    }
    let parts = numbers
        .into_iter()
        .map(|((_, word), number)| format!("{number} {word}"));
    parts.collect::<Vec<_>>().join(", ")
}

fn word(one: &TargetReport) -> &'static str {
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
