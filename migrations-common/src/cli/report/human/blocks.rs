//! Problems in full: one of each cause, and whom else it stopped.

use super::super::cause::{Cause, NAMED};
use super::super::flow::cut;
use super::super::names;
use super::super::problem::{Look, Severity, render};
use super::super::wording::{BAD, INDENT, count, headed};
use crate::problem::Problem;

/// Causes within a fleet that are shown with their source. Beyond, the largest stands for all.
pub(super) const IN_FULL: usize = 3;
/// Causes that are told at all.
pub(super) const TOLD: usize = 8;
/// Targets that are named of the largest cause, if it stands for all.
const NAMED_OF_MANY: usize = 5;
/// Columns before what continues a note of a problem.
const NOTE_INDENT: usize = 6;
/// Names of a cause that is told on a line.
const NAMED_ON_A_LINE: usize = 3;

/// Whether the targets of a cause are named with it, or by what follows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    Here,
    Below,
}

/// `causes` with an empty line between two. `step` is what to do next about a problem that single targets have.
pub(super) fn text(
    causes: &[Cause<'_>],
    severity: Severity,
    look: Look,
    named: Names,
    step: impl Fn(&Problem) -> Option<String>,
) -> String {
    let (of_fleets, of_others): (Vec<_>, Vec<_>) =
        causes.iter().partition(|cause| cause.is_of_fleet());
    let (in_full, named_of_each) = match of_fleets.len() {
        few if few <= IN_FULL => (few, NAMED),
        _ => (1, NAMED_OF_MANY),
    };
    let singles = of_others.iter().map(|cause| {
        let problem = match step(cause.example) {
            Some(help) => cause.example.clone().help(help),
            None => cause.example.clone(),
        };
        render(&problem, severity, look)
    });
    let fleets = of_fleets
        .iter()
        .take(in_full)
        .map(|cause| with_names(cause, named, named_of_each, look.width))
        .map(|problem| render(&problem, severity, look));
    let blocks: Vec<String> = singles.chain(fleets).collect();
    let mut text = blocks.join("\n");
    if named == Names::Here {
        let rest = of_fleets.get(in_full..).unwrap_or_default();
        text += &on_lines(rest, look.width);
    }
    text
}

/// The example, with whom it stands for.
fn with_names(cause: &Cause<'_>, named: Names, most: usize, width: usize) -> Problem {
    let example = cause.example.clone();
    let [(target, _), others @ ..] = cause.members.as_slice() else {
        return example;
    };
    let name = names::target(target);
    let says_who = |text: &String| text.contains(&target.label()) || text.contains(&name);
    let is_said = says_who(&example.message) || example.notes.iter().any(says_who);
    if others.is_empty() {
        return if is_said { example } else { example.note(name) };
    }
    let whom = cause.whom();
    example.note(match named {
        Names::Below if !is_said && cause.varies() => format!("{whom}; this is {name}"),
        Names::Below => whom,
        Names::Here if !cause.varies() => {
            let who = names::list(&cause.names(), most);
            format!("{whom}: {}", who.join(" "))
        }
        Names::Here => {
            let lines = cause.lines(most, NOTE_INDENT, width);
            format!("{whom}:\n{}", unindented(&lines))
        }
    })
}

/// What is indented is indented again by what renders notes.
fn unindented(lines: &str) -> String {
    let lines: Vec<&str> = lines
        .lines()
        .map(|line| line.get(NOTE_INDENT..).unwrap_or(line))
        .collect();
    lines.join("\n")
}

/// `failed 12: V42__unique_emails.sql: 23505 duplicate key … (acme, initech and 10 more)`, cut to a line.
pub(super) fn on_a_line(word: &str, cause: &Cause<'_>, width: usize) -> String {
    let names = in_brackets(&names::list(&cause.names(), NAMED_ON_A_LINE)).join(" ");
    let names = cut(&names, width / 3);
    let room = width.saturating_sub(INDENT + 1 + names.chars().count());
    let heading = format!("{word} {}:", cause.members.len());
    let words = match cause.file() {
        Some(file) => format!("{file}: {}", cause.words()),
        None => cause.words(),
    };
    headed(BAD, &heading, format!("{} {names}", cut(&words, room)))
}

fn on_lines(causes: &[&Cause<'_>], width: usize) -> String {
    let mut text = String::new();
    for cause in causes.iter().take(TOLD) {
        text += &on_a_line("and", cause, width);
    }
    let beyond = causes.get(TOLD..).unwrap_or_default();
    if !beyond.is_empty() {
        text += &headed(BAD, "", more(beyond));
    }
    text
}

/// `and 312 targets in 37 more groups`.
pub(super) fn more(causes: &[&Cause<'_>]) -> String {
    let targets: usize = causes.iter().map(|cause| cause.members.len()).sum();
    format!(
        "and {} in {}",
        count(targets, "target"),
        count(causes.len(), "more group")
    )
}

/// `(acme,` `initech)`.
pub(super) fn in_brackets(pieces: &[String]) -> Vec<String> {
    let mut pieces = pieces.to_vec();
    if let Some(first) = pieces.first_mut() {
        first.insert(0, '(');
    }
    if let Some(last) = pieces.last_mut() {
        last.push(')');
    }
    pieces
}
