//! How targets stand, a line for each database, whether it is one target or ten thousand.

use std::sync::Arc;

use annotate_snippets::renderer::{AnsiColor, Style};

use super::super::clean;
use super::super::wording::{BAD, GOOD, NAME, WAITS, count, paint, target as name, version};
use crate::fleet::{State, TargetStatus};
use crate::migration::{Migration, Version};

/// Targets and migrations are named up to here, and counted beyond.
const NAMED: usize = 4;
const AHEAD: Style = AnsiColor::Cyan.on_default();

/// One line a database.
pub(super) fn text(statuses: &[TargetStatus]) -> String {
    let databases = by(statuses.iter(), |one| {
        let database = &one.target.series;
        (database.app.as_str(), database.config.name.as_str())
    });
    let lines: Vec<(String, String)> = databases
        .iter()
        .map(|(_, members)| match members.as_slice() {
            [only] => (name(&only.target), alone(only)),
            many => (of_many(many), several(many)),
        })
        .collect();
    let width = lines
        .iter()
        .map(|(label, _)| label.chars().count())
        .max()
        .unwrap_or(0);
    let lines = lines.iter().map(|(label, standing)| {
        let label = paint(NAME, format!("{label:<width$}"));
        format!("  {label}   {standing}\n")
    });
    lines.collect::<Vec<_>>().concat()
}

/// `V15 · at head`.
fn alone(one: &TargetStatus) -> String {
    match one.state {
        State::AtHead => format!("{} · {}", version(one.current), paint(GOOD, "at head")),
        State::Pending => format!("{} · {}", version(one.current), pending(&one.pending)),
        State::Ahead => format!("{} · {}", version(one.current), ahead(one)),
        State::Diverged => format!("{} · {}", version(one.current), paint(BAD, "diverged")),
        State::Unreachable => paint(BAD, "unreachable"),
    }
}

/// `2 pending: V16 name, V17 name`.
fn pending(migrations: &[Arc<Migration>]) -> String {
    let label = |migration: &Migration| format!("V{} {}", migration.version, migration.name);
    let number = paint(WAITS, format!("{} pending", migrations.len()));
    match migrations {
        [first, .., last] if migrations.len() > NAMED => {
            format!("{number}: {} to {}", label(first), label(last))
        }
        few => {
            let names: Vec<String> = few.iter().map(|migration| label(migration)).collect();
            format!("{number}: {}", names.join(", "))
        }
    }
}

fn ahead(one: &TargetStatus) -> String {
    let head = version(one.head);
    format!("{}, the newest known here is {head}", paint(AHEAD, "ahead"))
}

/// `app3 workspaces`, for all its targets.
fn of_many(members: &[&TargetStatus]) -> String {
    members.first().map_or_else(String::new, |first| {
        let database = &first.target.series;
        format!("{} {}", database.app, database.config.name)
    })
}

/// `1000 targets   999 at V42 · 1 at V41, 1 pending (acme_gmbh)`: the largest group first.
fn several(members: &[&TargetStatus]) -> String {
    let mut groups = by(members.iter().copied(), |one| {
        (one.state, one.current, one.pending.len())
    });
    groups.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    let parts: Vec<String> = groups
        .iter()
        .map(|(key, members)| group(*key, members))
        .collect();
    format!("{}   {}", count(members.len(), "target"), parts.join(" · "))
}

fn group(
    (state, current, pending): (State, Option<Version>, usize),
    members: &[&TargetStatus],
) -> String {
    let number = members.len();
    let at = match current {
        Some(version) => format!("{number} at V{version}"),
        None => format!("{number} empty"),
    };
    let text = match state {
        State::AtHead => return paint(GOOD, at),
        State::Pending => paint(WAITS, format!("{at}, {pending} pending")),
        State::Ahead => paint(AHEAD, format!("{at}, ahead")),
        State::Diverged => paint(BAD, format!("{at}, diverged")),
        State::Unreachable => paint(BAD, format!("{number} unreachable")),
    };
    if number > NAMED {
        return text;
    }
    let names: Vec<String> = members.iter().map(|one| member(one)).collect();
    format!("{text} ({})", names.join(", "))
}

/// `acme`: what tells a target from the others of its database.
fn member(one: &TargetStatus) -> String {
    clean::line(one.target.name()).into_owned()
}

/// `items` grouped by what `key` says of them, groups and items in the order in which they come.
fn by<'s, K: PartialEq>(
    items: impl Iterator<Item = &'s TargetStatus>,
    key: impl Fn(&'s TargetStatus) -> K,
) -> Vec<(K, Vec<&'s TargetStatus>)> {
    let mut groups: Vec<(K, Vec<&TargetStatus>)> = Vec::new();
    for item in items {
        let of = key(item);
        match groups.iter_mut().find(|(key, _)| *key == of) {
            Some((_, members)) => members.push(item),
            None => groups.push((of, vec![item])),
        }
    }
    groups
}
