//! What stops many targets, grouped by what caused it: a fleet rarely has as many causes as it has tenants.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::flow::cut;
use super::group;
use super::names;
use super::{clean, flow};
use crate::problem::{Place, Problem};
use crate::target::Target;
use crate::track::Track;

/// Targets that are named, of one cause.
pub(super) const NAMED: usize = 10;

/// Columns of a server's words about one tenant, at least.
const LEAST_DETAIL: usize = 20;

/// One cause, and whom it stopped.
pub(super) struct Cause<'p> {
    /// The problem of the first one.
    pub(super) example: &'p Problem,
    /// Each target once, with its own problem.
    pub(super) members: Vec<(&'p Target, &'p Problem)>,
}

/// The causes of `problems`, the one that stopped most first.
///
/// In a fleet, problems of one code, SQLSTATE and migration have one cause, though their words may differ: a key that
/// exists already is another one in each tenant. Single targets share a cause only where the words are the same, as
/// with a server that cannot be reached.
pub(super) fn causes<'p>(
    problems: impl IntoIterator<Item = (&'p Arc<Target>, &'p Problem)>,
) -> Vec<Cause<'p>> {
    let mut causes: Vec<Cause<'p>> = Vec::new();
    let mut alike: HashMap<Alike<'p>, usize> = HashMap::new();
    let mut same: HashMap<Same<'p>, usize> = HashMap::new();
    for (target, problem) in problems {
        let target: &'p Target = target;
        let kind = target.series.is_fleet().then(|| Alike::of(target, problem));
        let known = kind
            .as_ref()
            .and_then(|kind| alike.get(kind))
            .or_else(|| same.get(&Same::of(problem)));
        let place = known.copied().unwrap_or_else(|| {
            same.insert(Same::of(problem), causes.len());
            causes.push(Cause {
                example: problem,
                members: Vec::new(),
            });
            causes.len() - 1
        });
        if let Some(kind) = kind {
            alike.insert(kind, place);
        }
        if let Some(cause) = causes.get_mut(place)
            && !cause
                .members
                .last()
                .is_some_and(|(last, _)| std::ptr::eq(*last, target))
        {
            cause.members.push((target, problem));
        }
    }
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.members.len()));
    causes
}

/// What tenants' problems of one cause have in common.
#[derive(PartialEq, Eq, Hash)]
struct Alike<'p> {
    app: &'p str,
    database: &'p str,
    track: Option<Track>,
    code: &'static str,
    sqlstate: Option<&'p str>,
    migration: Option<&'p str>,
    /// Where no migration tells.
    path: Option<&'p str>,
}

impl<'p> Alike<'p> {
    fn of(target: &'p Target, problem: &'p Problem) -> Self {
        let migration = problem.migration.as_deref();
        Alike {
            app: &target.series.app,
            database: &target.series.config.name,
            track: target.series.track,
            code: problem.code,
            sqlstate: problem.sqlstate.as_deref(),
            migration,
            path: path(problem).filter(|_| migration.is_none()),
        }
    }
}

/// All that is shown of a problem.
#[derive(PartialEq, Eq, Hash)]
struct Same<'p> {
    code: &'static str,
    message: &'p str,
    place: Option<(&'p str, usize)>,
    notes: &'p [String],
    helps: &'p [String],
}

impl<'p> Same<'p> {
    fn of(problem: &'p Problem) -> Self {
        let place = problem.places.first();
        Same {
            code: problem.code,
            message: &problem.message,
            place: place.map(|place: &Place| (&*place.path, place.span.start)),
            notes: &problem.notes,
            helps: &problem.helps,
        }
    }
}

fn path(problem: &Problem) -> Option<&str> {
    problem.places.first().map(|place| &*place.path)
}

impl Cause<'_> {
    /// Whether it may have stopped other targets of a fleet too.
    pub(super) fn is_of_fleet(&self) -> bool {
        self.members
            .iter()
            .any(|(target, _)| target.series.is_fleet())
    }

    /// `23505 duplicate key value violates unique constraint "k"`.
    pub(super) fn words(&self) -> String {
        let for_example = if self.differ(|problem| &problem.message) {
            "for example: "
        } else {
            ""
        };
        let sqlstate = self.example.sqlstate.as_deref();
        let sqlstate =
            sqlstate.map_or_else(String::new, |state| format!("{} ", clean::line(state)));
        let message = clean::line(&self.example.message);
        format!("{sqlstate}{for_example}{message}")
    }

    /// `V42__unique_emails.sql`.
    pub(super) fn file(&self) -> Option<String> {
        let name = Path::new(path(self.example)?).file_name()?.to_str()?;
        Some(clean::line(name).into_owned())
    }

    /// `12 tenants of app3 workspaces`, and of whatever else.
    pub(super) fn whom(&self) -> String {
        let of_series = group::by(self.members.iter(), |(target, _)| target.series.name());
        let each = of_series.iter().filter_map(|(_, members)| {
            let series = &members.first()?.0.series;
            let number = members.len();
            let plural = if number == 1 { "" } else { "s" };
            let noun = names::noun(series);
            Some(format!(
                "{number} {noun}{plural} of {}",
                names::series(series)
            ))
        });
        each.collect::<Vec<_>>().join(", ")
    }

    /// The targets that it stopped: each on a line with its own words where these differ, else one after the other.
    pub(super) fn lines(&self, most: usize, indent: usize, width: usize) -> String {
        let indentation = format!("{:indent$}", "");
        let details: Vec<String> = self.details(most);
        if details.is_empty() {
            let names: Vec<String> = self.names();
            return flow::flow(&indentation, indent, &names::list(&names, most), width);
        }
        let names = self.names();
        let shown = names.iter().zip(&details).take(most);
        let column = shown
            .clone()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        let room = width
            .saturating_sub(indent + column + "   ".len())
            .max(LEAST_DETAIL);
        let mut lines: Vec<String> = shown
            .map(|(name, detail)| format!("{name:<column$}   {}", cut(detail, room)))
            .collect();
        if names.len() > most {
            lines.push(format!("and {} more", names.len() - most));
        }
        lines
            .iter()
            .flat_map(|line| [&indentation, line, "\n"])
            .collect()
    }

    /// What the targets are called, among those of this cause.
    pub(super) fn names(&self) -> Vec<String> {
        let targets = self.members.iter().map(|(target, _)| *target);
        let mut fleets = targets.clone().filter(|target| target.series.is_fleet());
        let first = fleets.next();
        let one_fleet = fleets
            .all(|target| first.is_some_and(|first| Arc::ptr_eq(&first.series, &target.series)));
        let name = |target: &Target| {
            if one_fleet && target.series.is_fleet() {
                names::member(target)
            } else {
                names::target(target)
            }
        };
        targets.map(name).collect()
    }

    /// Whether the example has words that are not those of all others.
    pub(super) fn varies(&self) -> bool {
        !self.details(self.members.len()).is_empty()
    }

    /// What is told of each of the first targets and of no other; empty if the same is told of all.
    fn details(&self, most: usize) -> Vec<String> {
        let differ = self.differ(|problem| &problem.message);
        let of = |(target, problem): &(&Target, &Problem)| {
            let detail = if differ {
                Some(problem.message.as_str())
            } else {
                server_words(target, problem)
            };
            detail.map_or_else(String::new, |detail| clean::line(detail).into_owned())
        };
        let details: Vec<String> = self.members.iter().take(most).map(of).collect();
        let says_nothing = details.iter().all(String::is_empty);
        let says_one_thing = details.len() > 1
            && details
                .windows(2)
                .all(|pair| matches!(pair, [a, b] if a == b));
        if says_nothing || says_one_thing {
            return Vec::new();
        }
        details
    }

    fn differ<'s>(&'s self, part: impl Fn(&'s Problem) -> &'s str) -> bool {
        let mut parts = self.members.iter().map(|(_, problem)| part(problem));
        let first = parts.next();
        parts.any(|other| Some(other) != first)
    }
}

/// The server's detail: the note before the one that says where the target stands.
fn server_words<'p>(target: &Target, problem: &'p Problem) -> Option<&'p str> {
    let ours = format!("{}: ", target.label());
    let first = problem.notes.first()?;
    (!first.starts_with(&ours)).then_some(first.as_str())
}
