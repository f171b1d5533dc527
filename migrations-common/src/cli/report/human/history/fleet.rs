//! What is recorded on many targets: a line for each version, and who deviates.

use std::collections::{BTreeMap, HashSet};

use super::super::super::clean;
use super::super::super::flow::flow;
use super::super::super::group;
use super::super::super::names;
use super::super::super::recorded::Recorded;
use super::super::super::wording::{BAD, INDENT, NAME, count, paint};
use super::super::standing::separated;
use super::{One, time, word};
use crate::history::Applied;
use crate::migration::Version;
use crate::target::Target;

/// Targets that deviate and are named.
const NAMED: usize = 5;

/// A row of the history of each target that has it.
type Rows<'h> = Vec<(&'h Target, &'h Applied)>;

/// A table with a line for each version that any of `members` has.
pub(super) fn table(members: &[&One], width: usize) -> String {
    let Some((first, _)) = members.first() else {
        return String::new();
    };
    let noun = names::noun(&first.series);
    let unreadable = members.iter().filter(|(_, found)| found.is_err()).count();
    let number = count(members.len(), noun);
    let mut heading = format!("{}   {number}", paint(NAME, names::series(&first.series)));
    if unreadable > 0 {
        let words = paint(BAD, format!("{unreadable} cannot be read"));
        heading = format!("{heading} · {words}");
    }
    let readable: Vec<&Target> = members
        .iter()
        .filter(|(_, found)| found.is_ok())
        .map(|(target, _)| &**target)
        .collect();
    let mut versions: BTreeMap<Version, Rows<'_>> = BTreeMap::new();
    for (target, found) in members {
        for row in found.iter().flat_map(|history| &history.rows) {
            versions.entry(row.version).or_default().push((target, row));
        }
    }
    if versions.is_empty() {
        return heading + " · nothing is applied\n";
    }
    let mut lines = vec![(
        ["version", "name", "on", "applied on"].map(str::to_owned),
        vec!["state".to_owned()],
    )];
    lines.extend(versions.iter().map(|(version, rows)| {
        (
            cells(*version, rows, readable.len()),
            state(rows, &readable),
        )
    }));
    heading + "\n" + &columns(&lines, width)
}

/// Version, name, on how many targets, and from when to when.
fn cells(version: Version, rows: &Rows<'_>, of: usize) -> [String; 4] {
    let names = group::by_size(rows, |(_, row)| row.name.as_str());
    let name = names.first().map_or("", |(name, _)| name);
    let number = match rows.len() {
        all if all == of => format!("all {all}"),
        some => format!("{some} of {of}"),
    };
    // Written by one clock or another, in one zone or another: the first and the last as text are near enough.
    let times = rows.iter().map(|(_, row)| row.applied_on.as_str());
    let (from, to) = (times.clone().min(), times.max());
    let (from, to) = (time(from.unwrap_or("")), time(to.unwrap_or("")));
    let when = if from == to {
        from
    } else {
        format!("{} to {to}", from.trim_end_matches(" UTC"))
    };
    let name = clean::line(name).into_owned();
    [format!("V{version}"), name, number, when]
}

/// What the rows of one version say, that of most first; and who lacks it.
fn state(rows: &Rows<'_>, readable: &[&Target]) -> Vec<String> {
    let states = group::by_size(rows, |(target, row)| Recorded::of(&target.series, row));
    let mut parts: Vec<Vec<String>> = Vec::new();
    for (index, (recorded, members)) in states.iter().enumerate() {
        let text = word(*recorded);
        parts.push(if index == 0 {
            vec![text]
        } else {
            let targets = members.iter().map(|(target, _)| *target);
            with(format!("{} {text}:", members.len()), targets)
        });
    }
    let holders: HashSet<*const Target> = rows
        .iter()
        .map(|(target, _)| std::ptr::from_ref(*target))
        .collect();
    let (holding, lacking): (Vec<&Target>, Vec<&Target>) = readable
        .iter()
        .partition(|target| holders.contains(&std::ptr::from_ref(**target)));
    if lacking.is_empty() {
        return separated(parts);
    }
    parts.push(if lacking.len() <= holding.len() {
        with("not on".to_owned(), lacking)
    } else {
        with("only on".to_owned(), holding)
    });
    separated(parts)
}

/// `not on acme,` `initech`.
fn with<'t>(text: String, targets: impl IntoIterator<Item = &'t Target>) -> Vec<String> {
    let names: Vec<String> = targets.into_iter().map(names::member).collect();
    std::iter::once(text)
        .chain(names::list(&names, NAMED))
        .collect()
}

/// Four columns, and what follows them in as many lines as it takes.
fn columns(lines: &[([String; 4], Vec<String>)], width: usize) -> String {
    let widths = [0, 1, 2, 3].map(|column: usize| {
        let cells = lines.iter().filter_map(|(cells, _)| cells.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    });
    let [v, n, o, w] = widths;
    let lines = lines.iter().map(|([version, name, on, when], rest)| {
        let head = format!("  {version:<v$}  {name:<n$}  {on:<o$}  {when:<w$}  ");
        flow(&head, INDENT, rest, width)
    });
    lines.collect()
}
