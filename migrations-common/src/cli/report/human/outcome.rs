//! How a run ended.

mod few;
mod fleet;
mod tally;

use std::path::Path;

use super::super::flow::flow;
use super::super::group;
use super::super::names;
use super::super::wording::{INDENT, WAITS, count, headed, paint, version};
use super::Invocation;
use crate::migration::Version;
use crate::problem::{Kind, Problem};
use crate::report::{Outcome, Report, TargetReport};

/// Names of targets that are ahead, of one series.
const NAMED: usize = 3;

/// The last lines of a run. `file` is where the whole report is.
pub(super) fn text(
    report: &Report,
    invocation: &Invocation,
    file: Option<&Path>,
    width: usize,
) -> String {
    let mut text = ahead(report, width);
    let series = report.targets.iter().map(|one| &one.target.series);
    let is_large = series.clone().any(|series| series.is_fleet()) || !report.unresolved.is_empty();
    text += &if is_large {
        fleet::text(report, invocation, file, width)
    } else {
        few::text(report, file)
    };
    text
}

/// What to do about a problem that a single target has.
pub(super) fn next_step(problem: &Problem, again: &str) -> Option<String> {
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

/// Whether it is not where the run was to bring it.
fn is_behind(one: &TargetReport) -> bool {
    match one.outcome {
        Outcome::Failed | Outcome::Busy | Outcome::NotReached => true,
        Outcome::Applied | Outcome::AtHead | Outcome::Ahead => false,
    }
}

fn newest(one: &TargetReport) -> Option<Version> {
    one.target.series.migrations.last().map(|last| last.version)
}

/// `app1 core holds V9; the newest known here is V4`: a line for each series and version.
fn ahead(report: &Report, width: usize) -> String {
    let those = report
        .targets
        .iter()
        .filter(|one| one.outcome == Outcome::Ahead);
    let groups = group::by(those, |one| (one.target.series.name(), one.current));
    let lines = groups.iter().filter_map(|(_, members)| {
        let first = members.first()?;
        let known = format!("the newest known here is {}", version(newest(first)));
        let held = version(first.current);
        if !first.target.series.is_fleet() {
            let name = names::target(&first.target);
            return Some(headed(
                WAITS,
                "Ahead",
                format!("{name} holds {held}; {known}"),
            ));
        }
        let series = &first.target.series;
        let number = count(members.len(), names::noun(series));
        let verb = if members.len() == 1 { "holds" } else { "hold" };
        let line = format!("{} {number} {verb} {held}; {known}", names::series(series));
        let mut pieces: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let members: Vec<String> = members
            .iter()
            .map(|one| names::member(&one.target))
            .collect();
        pieces.extend(super::blocks::in_brackets(&names::list(&members, NAMED)));
        Some(flow(&head("Ahead"), INDENT, &pieces, width))
    });
    lines.collect()
}

/// The beginning of a line whose heading tells of something to look at.
fn head(heading: &str) -> String {
    format!(
        "{} ",
        paint(WAITS, format!("{heading:>wide$}", wide = INDENT - 1))
    )
}

/// `all of it: target/migrations/runs/2026-11-22T15-04-05Z.json`.
fn all_of_it(file: &Path) -> String {
    format!("{:INDENT$}all of it: {}\n", "", file.display())
}
