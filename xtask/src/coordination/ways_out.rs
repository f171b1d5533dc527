//! What settles a meeting: each way with the exact line, and the file that it goes into.

use std::sync::Arc;

use migrations_common::migration::Migration;
use migrations_effects::verdict::{Side, Verdict};

use super::landscape::NewScripts;
use super::meeting::{Meeting, Pair};
use super::ownership::Standing;
use super::settled::runs_after;
use super::words::label;
use crate::new_migrations::{NewMigrations, Origin};

/// The ways out of `meeting`, over an object of that `standing`. A line settles everything that is open at once.
pub(super) fn ways_out(
    meeting: &Meeting<'_, '_>,
    standing: &Standing<'_>,
    new: &NewMigrations,
) -> Vec<String> {
    let owner = match standing {
        Standing::Shared(model) => Some((model.owner.as_deref().unwrap_or("nobody"), model)),
        _ => None,
    };
    if meeting.verdict() == Verdict::Contradictory {
        let end = match owner {
            Some((owner, _)) if !meeting.is_of_one_app() => {
                format!(", or leave both to {owner}, who owns the table")
            }
            _ => String::new(),
        };
        return vec![format!(
            "no line settles a contradiction: change one of the two{end}"
        )];
    }
    let mut ways = Vec::new();
    if meeting.is_of_one_app() {
        ways.push(alone(meeting).to_owned());
    } else if let Some(way) = on_top_of_the_base(meeting) {
        ways.push(way);
    } else if meeting.verdict() <= Verdict::Order {
        for first in [Side::B, Side::A] {
            let may = |pair: &Pair| pair.first != Some(first.other());
            if meeting.open.iter().all(may) {
                ways.extend(requires(meeting, first, new));
            }
        }
    }
    if let Some((owner, model)) = owner {
        let said = if ways.is_empty() {
            format!("if {owner}, who owns the table, agrees, say so in")
        } else {
            format!("or, agreed with {owner}, who owns the table, in")
        };
        ways.push(format!(
            "{said} {}:\n-- agreed: {} because …",
            model.path(),
            labels(meeting).join(", ")
        ));
    }
    if ways.is_empty() {
        ways.push(alone(meeting).to_owned());
    }
    ways
}

/// What the working tree would have to do before what has landed already.
fn on_top_of_the_base(meeting: &Meeting<'_, '_>) -> Option<String> {
    let mut late = meeting.open.iter();
    let late = late.find(|pair| pair.first == Some(Side::A))?;
    (meeting.b.series.origin == Origin::Base).then_some(())?;
    let (migration, landed) = (meeting.a.migration(late.a)?, meeting.b.migration(late.b)?);
    Some(format!(
        "{}'s has landed: change {} so that it works on top of it",
        meeting.b.series.series.app,
        file_name(migration, landed)
    ))
}

/// What to do where no line helps.
fn alone(meeting: &Meeting<'_, '_>) -> &'static str {
    match (meeting.b.series.origin, meeting.is_of_one_app()) {
        (Origin::Base, _) => {
            "take the base in (`git merge` or `git rebase`), and look at both together"
        }
        (_, true) => "agree whose comes first, and put both on one branch",
        (_, false) => "let one of the two land first, and look at the other on top of it",
    }
}

/// Puts everything open of the side `first` before everything open of the other; none if the file that would say so has
/// landed.
fn requires(meeting: &Meeting<'_, '_>, first: Side, new: &NewMigrations) -> Option<String> {
    let (first, later): (Indexed<'_, '_>, Indexed<'_, '_>) = match first {
        Side::A => ((meeting.a, |pair| pair.a), (meeting.b, |pair| pair.b)),
        Side::B => ((meeting.b, |pair| pair.b), (meeting.a, |pair| pair.a)),
    };
    if later.0.series.origin == Origin::Base {
        return None;
    }
    let migrations = |(scripts, of): Indexed<'_, '_>| {
        let all = meeting.open.iter().map(of);
        all.filter_map(|index| Some((scripts.migration(index)?.clone(), index)))
            .collect::<Vec<_>>()
    };
    let version = |(migration, _): &(Arc<Migration>, usize)| migration.version;
    let (last, to) = migrations(first).into_iter().max_by_key(version)?;
    let (earliest, at) = migrations(later).into_iter().min_by_key(version)?;
    let in_circles = runs_after(
        (&first.0.series.series, last.version),
        (&later.0.series.series, earliest.version),
    );
    let app = &first.0.series.series.app;
    if in_circles {
        let (first, later) = (label(first.0, to), label(later.0, at));
        return Some(format!(
            "if {app}'s comes first, it must not require {later}, as {first} does now"
        ));
    }
    let file = file_name(&earliest, &last);
    let branch = later.0.series.origin.branch(new);
    Some(format!(
        "if {}'s comes first, say so in {file}{}:\n-- migration: requires {}",
        app,
        branch.map(|name| format!(" on {name}")).unwrap_or_default(),
        label(first.0, to)
    ))
}

/// A file's name, or its path where that of the other has the same name.
fn file_name<'m>(migration: &'m Migration, other: &Migration) -> &'m str {
    let name = |path: &'m str| path.rsplit('/').next().unwrap_or(path);
    let path = &*migration.source.path;
    if other.source.path.ends_with(name(path)) {
        path
    } else {
        name(path)
    }
}

/// One side, and which effect of a pair is its own.
type Indexed<'s, 'n> = (&'s NewScripts<'n>, fn(&Pair) -> usize);

/// Every migration that has something open, those of the first side first.
fn labels(meeting: &Meeting<'_, '_>) -> Vec<String> {
    let side = |scripts: &NewScripts<'_>, of: fn(&Pair) -> usize| {
        let mut indexes: Vec<usize> = meeting.open.iter().map(of).collect();
        indexes.sort_unstable();
        let mut labels: Vec<String> = indexes.iter().map(|at| label(scripts, *at)).collect();
        labels.dedup();
        labels
    };
    let mut labels = side(meeting.a, |pair| pair.a);
    labels.extend(side(meeting.b, |pair| pair.b));
    labels
}
