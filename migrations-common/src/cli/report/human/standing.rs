//! Where targets stand: a row for each series, whether it has one target or ten thousand.

use annotate_snippets::renderer::{AnsiColor, Style};

use super::super::flow::Row;
use super::super::group;
use super::super::names;
use super::super::wording::{BAD, GOOD, NAME, WAITS, count, paint};
use super::blocks::in_brackets;
use crate::fleet::State;
use crate::migration::Version;
use crate::report::Unresolved;
use crate::target::Target;

/// Targets of a group are named up to here, and counted beyond.
const NAMED: usize = 5;
/// Groups of a series that are told one by one.
const GROUPS: usize = 6;

pub(super) const AHEAD: Style = AnsiColor::Cyan.on_default();

/// A target and how it stands.
#[derive(Clone, Copy)]
pub(super) struct Standing<'t> {
    pub(super) target: &'t Target,
    pub(super) stand: Stand,
}

/// What targets of one group have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stand {
    pub(super) state: State,
    /// The newest version applied.
    pub(super) current: Option<Version>,
    /// How many are not, if that is to be told.
    pub(super) pending: usize,
}

/// A row for each series. `alone` words how the only target of one stands that has no others.
pub(super) fn rows<'t>(
    all: impl IntoIterator<Item = Standing<'t>>,
    unresolved: &[Unresolved],
    alone: impl Fn(&Standing<'t>) -> Vec<String>,
) -> Vec<Row> {
    let by_series = group::by(all, |one| {
        let series = &one.target.series;
        (
            series.app.as_str(),
            series.config.name.as_str(),
            series.track,
        )
    });
    let known = by_series.iter().map(|(_, members)| match &**members {
        [only] if !only.target.series.is_fleet() => Row {
            label: label(&names::target(only.target)),
            number: String::new(),
            pieces: alone(only),
        },
        many => of_many(many),
    });
    known.chain(unresolved.iter().map(of_nobody)).collect()
}

/// `app3 workspaces   1000 tenants   999 at V42 · 1 at V41, 1 pending (acme_gmbh)`: the largest group first.
fn of_many(members: &[Standing<'_>]) -> Row {
    let Some(series) = members.first().map(|one| &one.target.series) else {
        return Row::default();
    };
    let groups = group::by_size(members.iter(), |one| one.stand);
    let told = match groups.len() {
        // The last one takes no more room than its mention.
        number if number == GROUPS + 1 => number,
        _ => GROUPS,
    };
    let parts: Vec<Vec<String>> = groups
        .iter()
        .take(told)
        .map(|(stand, of_group)| pieces(*stand, of_group, members.len()))
        .chain(rest(groups.get(told..).unwrap_or_default()))
        .collect();
    Row {
        label: label(&names::series(series)),
        number: count(members.len(), names::noun(series)),
        pieces: separated(parts),
    }
}

/// `2 at V41, 1 pending (acme,` `initech)`.
fn pieces(stand: Stand, members: &[&Standing<'_>], of: usize) -> Vec<String> {
    let number = match members.len() {
        1 if of == 1 => String::new(),
        all if all == of => "all ".to_owned(),
        some => format!("{some} "),
    };
    let at = match stand.current {
        Some(version) => format!("{number}at V{version}"),
        None => format!("{number}empty"),
    };
    let text = match stand.state {
        State::AtHead => paint(GOOD, at),
        State::Pending if stand.pending == 0 => paint(WAITS, at),
        State::Pending => paint(WAITS, format!("{at}, {} pending", stand.pending)),
        State::Ahead => paint(AHEAD, format!("{at}, ahead")),
        State::Diverged => paint(BAD, format!("{at}, diverged")),
        State::Unreachable => paint(BAD, format!("{number}unreachable")),
    };
    let all_of_many = members.len() == of && of > 1;
    if members.len() > NAMED || all_of_many {
        return vec![text];
    }
    let names: Vec<String> = members
        .iter()
        .map(|one| names::member(one.target))
        .collect();
    let mut pieces = in_brackets(&names::list(&names, NAMED));
    if let Some(first) = pieces.first_mut() {
        first.insert_str(0, &format!("{text} "));
    }
    pieces
}

/// `and 312 in 37 more groups`.
fn rest<K, T>(groups: &[(K, Vec<T>)]) -> Option<Vec<String>> {
    let targets: usize = groups.iter().map(|(_, members)| members.len()).sum();
    let words = || format!("and {targets} in {}", count(groups.len(), "more group"));
    (!groups.is_empty()).then(|| vec![words()])
}

/// `app3 workspaces   tenants not known yet: global first`.
fn of_nobody(unresolved: &Unresolved) -> Row {
    Row {
        label: label(&names::series(&unresolved.series)),
        number: String::new(),
        pieces: vec![not_known(unresolved)],
    }
}

/// `tenants not known yet: global first`.
pub(super) fn not_known(unresolved: &Unresolved) -> String {
    let who = format!("{}s", names::noun(&unresolved.series));
    if is_early(unresolved) {
        paint(WAITS, format!("{who} not known yet: global first"))
    } else {
        paint(BAD, format!("{who} not known"))
    }
}

/// Whether nothing is wrong: the global track makes what the source of tenants reads, and has not run yet.
pub(super) fn is_early(unresolved: &Unresolved) -> bool {
    unresolved.problem.code == "global-first"
}

fn label(text: &str) -> String {
    paint(NAME, text)
}

/// All `parts` one after the other, with dots between them that stay at the end of a line.
pub(super) fn separated(parts: Vec<Vec<String>>) -> Vec<String> {
    let last = parts.len().saturating_sub(1);
    let mut pieces = Vec::new();
    for (index, part) in parts.into_iter().enumerate() {
        pieces.extend(part);
        if index < last
            && let Some(end) = pieces.last_mut()
        {
            end.push_str(" ·");
        }
    }
    pieces
}
