//! What is recorded, as a table for each target, or for many.

mod fleet;

use std::sync::Arc;

use super::super::clean;
use super::super::group;
use super::super::names::target as name;
use super::super::recorded::Recorded;
use super::super::wording::{BAD, GOOD, NAME, WAITS, paint};
use crate::history::{Applied, History};
use crate::problem::Problem;
use crate::target::Target;

/// A target, and what is recorded on it.
type One = (Arc<Target>, Result<History, Problem>);

/// Targets of a fleet that get a table each.
const FEW: usize = 3;

/// A table for each target, or for each fleet; with an empty line between two.
pub(super) fn text(histories: &[One], width: usize) -> String {
    let series = group::by(histories, |(target, _)| target.series.name());
    let tables = series.iter().flat_map(|(_, members)| {
        let is_fleet = members
            .first()
            .is_some_and(|(target, _)| target.series.is_fleet());
        if is_fleet && members.len() > FEW {
            vec![fleet::table(members, width)]
        } else {
            members.iter().map(|one| of_one(one)).collect()
        }
    });
    tables.collect::<Vec<_>>().join("\n")
}

fn of_one((target, history): &One) -> String {
    match history {
        Ok(history) => table(target, history),
        Err(_) => headline(target, &paint(BAD, "cannot be read")),
    }
}

fn headline(target: &Target, rest: &str) -> String {
    format!("{}   {rest}\n", paint(NAME, name(target)))
}

fn table(target: &Target, history: &History) -> String {
    let where_it_is = clean::line(&target.history.sql()).into_owned();
    if history.rows.is_empty() {
        return headline(target, &format!("nothing is applied ({where_it_is})"));
    }
    let mut lines = vec![["version", "name", "applied on", "state"].map(str::to_owned)];
    lines.extend(history.rows.iter().map(|row| cells(target, row)));
    let widths = [0, 1, 2].map(|column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    });
    let [v, n, a] = widths;
    let lines = lines.iter().map(|[version, name, applied_on, state]| {
        format!("  {version:<v$}  {name:<n$}  {applied_on:<a$}  {state}\n")
    });
    headline(target, &where_it_is) + &lines.collect::<Vec<_>>().concat()
}

fn cells(target: &Target, row: &Applied) -> [String; 4] {
    let state = word(Recorded::of(&target.series, row));
    [
        format!("V{}", row.version),
        clean::line(&row.name).into_owned(),
        time(&row.applied_on),
        state,
    ]
}

/// `edited`, in its colour.
fn word(recorded: Recorded) -> String {
    match recorded {
        Recorded::Applied => paint(GOOD, "applied"),
        Recorded::Skipped => "skipped".to_owned(),
        Recorded::Edited => paint(BAD, "edited"),
        Recorded::LineEnds => paint(WAITS, "other line ends"),
        Recorded::FileMissing => paint(BAD, "file missing"),
    }
}

/// `2026-01-02 15:04:05 UTC`: without the parts of a second.
fn time(rfc3339: &str) -> String {
    let cleaned = clean::line(rfc3339).into_owned();
    let Some((date, time)) = cleaned.split_once('T') else {
        return cleaned;
    };
    let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(end).unwrap_or((time, ""));
    let clock = clock.split('.').next().unwrap_or(clock);
    let zone = match zone {
        "Z" | "+00:00" => " UTC".to_owned(),
        other => other.to_owned(),
    };
    format!("{date} {clock}{zone}")
}
