//! How a run over many targets ended: the tally, where they stand, what stopped some, and the way to go on.

use std::path::Path;

use super::super::super::cause::{Cause, NAMED, causes};
use super::super::super::flow::{flow, table};
use super::super::super::group;
use annotate_snippets::renderer::Style;

use super::super::super::wording::{BAD, GOOD, INDENT, WAITS, elapsed, headed, paint, version};
use super::super::Invocation;
use super::super::blocks::{IN_FULL, TOLD, more, on_a_line};
use super::super::standing::{Stand, Standing, is_early, rows};
use super::tally::{tally, word};
use super::{all_of_it, is_behind, newest};
use crate::fleet::State;
use crate::problem::Kind;
use crate::report::{Outcome, Report, TargetReport};

/// Targets that are named where nothing failed; beyond, the run file says more than the screen.
const SHOWN: usize = 5;

pub(super) fn text(
    report: &Report,
    invocation: &Invocation,
    file: Option<&Path>,
    width: usize,
) -> String {
    let behind: Vec<&TargetReport> = report.targets.iter().filter(|one| is_behind(one)).collect();
    let (style, heading) = heading(report, &behind);
    let mut text = headed(style, heading, summary(report));
    text += &standings(report, width);
    text += &stopped(&behind, width);
    if !behind.is_empty() {
        let again = command(&behind, report, invocation);
        text += &headed(WAITS, "help", format!("re-run what is behind: {again}"));
    }
    let many = report.targets.len() > SHOWN;
    if let Some(file) = file.filter(|_| many || !behind.is_empty()) {
        text += &all_of_it(file);
    }
    text
}

/// A run that left nobody out is finished, though some failed.
fn heading(report: &Report, behind: &[&TargetReport]) -> (Style, &'static str) {
    let nobody_made_it = behind.len() == report.targets.len();
    let not_known = report.unresolved.iter().any(|one| !is_early(one));
    let left_out = not_known || behind.iter().any(|one| one.outcome == Outcome::NotReached);
    match behind {
        _ if report.interrupted.is_some() => (BAD, "Interrupted"),
        _ if left_out => (BAD, "Stopped"),
        [] => (GOOD, "Finished"),
        _ if nobody_made_it => (BAD, "Stopped"),
        _ => (BAD, "Finished"),
    }
}

fn summary(report: &Report) -> String {
    if report.targets.is_empty() {
        return "nothing to do: there are no targets".to_owned();
    }
    let nothing_done = report
        .targets
        .iter()
        .all(|one| matches!(one.outcome, Outcome::AtHead | Outcome::Ahead));
    if nothing_done {
        tally(report)
    } else {
        format!("{} in {}", tally(report), elapsed(report.elapsed))
    }
}

/// A row for each series; where shards stand is said even if all stand at one version.
fn standings(report: &Report, width: usize) -> String {
    let all = report.targets.iter().map(|one| Standing {
        target: &one.target,
        stand: stand(one),
    });
    let alone = |one: &Standing<'_>| match one.stand.state {
        State::Unreachable => vec![paint(BAD, "unreachable")],
        _ => vec![version(one.stand.current)],
    };
    table(&rows(all, &report.unresolved, alone), INDENT, width)
}

fn stand(one: &TargetReport) -> Stand {
    let lost = one
        .problems
        .first()
        .is_some_and(|problem| problem.kind == Kind::Connect);
    let state = match one.outcome {
        Outcome::Ahead => State::Ahead,
        _ if lost && one.current.is_none() => State::Unreachable,
        _ if is_behind(one) || one.current != newest(one) => State::Pending,
        _ => State::AtHead,
    };
    Stand {
        state,
        current: one.current,
        pending: 0,
    }
}

/// What stopped targets, and which: `failed 1: 23505 could not create unique index …`.
fn stopped(behind: &[&TargetReport], width: usize) -> String {
    let mut text = String::new();
    for (word, members) in group::by(behind.iter().copied(), word) {
        let problems = members
            .iter()
            .flat_map(|one| one.problems.iter().map(|problem| (&one.target, problem)));
        let causes = causes(problems);
        for cause in causes.iter().take(TOLD) {
            text += &if causes.len() <= IN_FULL {
                one_cause(word, cause, NAMED / causes.len(), width)
            } else {
                on_a_line(word, cause, width)
            };
        }
        let beyond: Vec<&Cause<'_>> = causes.iter().skip(TOLD).collect();
        if !beyond.is_empty() {
            text += &headed(BAD, "", more(&beyond));
        }
    }
    text
}

fn one_cause(word: &str, cause: &Cause<'_>, names: usize, width: usize) -> String {
    let heading = format!("{word} {}:", cause.members.len());
    let head = format!(
        "{} ",
        paint(BAD, format!("{heading:>wide$}", wide = INDENT - 1))
    );
    let line = match cause.file() {
        Some(file) => format!("{}, in {file}", cause.words()),
        None => cause.words(),
    };
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    flow(&head, INDENT, &words, width) + &cause.lines(names, INDENT, width)
}

/// The command that brings to head what is behind, and no more than that where it can be said in a few words.
fn command(behind: &[&TargetReport], report: &Report, invocation: &Invocation) -> String {
    let series = behind.first().map(|one| &one.target.series);
    let only = series.filter(|series| {
        let alike = behind
            .iter()
            .all(|one| one.target.series.name() == series.name());
        alike && series.is_fleet() && report.unresolved.is_empty()
    });
    only.and_then(|series| invocation.only(series, behind.iter().map(|one| one.target.name())))
        .unwrap_or_else(|| invocation.again())
}
