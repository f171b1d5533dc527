//! `requires` over apps: who needs what, in which order, and what is missing. Pure.

mod order;
mod unmet;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::app::Series;
use crate::batch::Required;
use crate::directive::Requirement;
use crate::history::HistoryTable;
use crate::migration::{Migration, Version};
use crate::target::Scope;
use crate::track::{SeriesName, Track};

pub use order::{Step, order};

/// A migration in the order over apps.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// The series.
    pub series: SeriesName,
    /// The version.
    pub version: Version,
}

/// How far a series is, over all of its targets.
#[derive(Clone, Debug)]
pub struct Progress<'a> {
    /// The series.
    pub series: &'a Arc<Series>,
    /// Versions recorded as applied, on every target.
    pub applied: BTreeSet<Version>,
    /// Migrations to run on some target, in order.
    pub pending: Vec<&'a Arc<Migration>>,
    /// Versions that some target lacks and will go on lacking, since nobody asked for that one.
    pub left_out: BTreeSet<Version>,
}

/// The migrations that those in `wanted` require, directly or not: the highest version of each series.
pub fn closure<'a>(
    wanted: impl IntoIterator<Item = &'a Arc<Migration>>,
    known: &[Arc<Series>],
) -> BTreeMap<SeriesName, Version> {
    let mut found: BTreeMap<SeriesName, Version> = BTreeMap::new();
    let mut open: Vec<Requirement> = wanted
        .into_iter()
        .flat_map(|m| m.directives.requires.clone())
        .collect();
    while let Some(requirement) = open.pop() {
        let series = find(known, &requirement.series);
        let name = series.map_or_else(|| requirement.series.clone(), |series| series.name());
        if found
            .get(&name)
            .is_some_and(|version| *version >= requirement.version)
        {
            continue;
        }
        if let Some(series) = series {
            let needed = series
                .migrations
                .iter()
                .filter(|m| m.version <= requirement.version);
            open.extend(needed.flat_map(|m| m.directives.requires.clone()));
        }
        found.insert(name, requirement.version);
    }
    found
}

/// Applied migrations of `others` that require a version of `series` in `versions`.
pub fn dependents<'a>(
    series: &Arc<Series>,
    versions: &BTreeSet<Version>,
    others: impl IntoIterator<Item = &'a Progress<'a>>,
) -> Vec<(Node, Version)> {
    let mut found = Vec::new();
    for other in others {
        let applied = other.series.migrations.iter();
        for migration in applied.filter(|m| other.applied.contains(&m.version)) {
            for requirement in &migration.directives.requires {
                if means(&requirement.series, series) && versions.contains(&requirement.version) {
                    let node = Node {
                        series: other.series.name(),
                        version: migration.version,
                    };
                    found.push((node, requirement.version));
                }
            }
        }
    }
    found
}

/// Where the guard of a unit on `scope` finds `requirement` recorded.
///
/// A tenant's requirement of another app's tenant track is looked up in the tenant's own schema. What is not a tenant
/// requires that of all tenants, which no one table tells: then there is nothing for a guard to look at.
pub fn required(
    scope: &Scope,
    requirement: &Requirement,
    known: &[Arc<Series>],
) -> Option<Required> {
    let series = find(known, &requirement.series);
    let SeriesName {
        app,
        database,
        track,
    } = &requirement.series;
    let mut table = series.map_or_else(
        || HistoryTable::by_default(app, database),
        |series| HistoryTable {
            schema: series.config.schema.clone(),
            name: series.config.history_table.clone(),
        },
    );
    if series.map_or(*track, |series| series.track) == Some(Track::Tenant) {
        if scope.series.track != Some(Track::Tenant) {
            return None;
        }
        table.schema.clone_from(&scope.history.schema);
    }
    Some(Required {
        label: requirement.to_string(),
        table,
        version: requirement.version,
    })
}

/// Whether a requirement of `name` means `series`: a name without a track means the only series of its database.
pub fn means(name: &SeriesName, series: &Series) -> bool {
    name.app == series.app
        && name.database == series.config.name
        && (name.track.is_none() || name.track == series.track)
}

/// Whether two series live in one database: both name the same shared one, or they are two tracks of it.
fn meet(one: &Series, other: &Series) -> bool {
    let shared = one.config.shared.is_some() && one.config.shared == other.config.shared;
    shared || (one.app == other.app && one.config.name == other.config.name)
}

/// The series that `name` means; `None` if there is none, or two tracks.
fn find<'d>(known: &'d [Arc<Series>], name: &SeriesName) -> Option<&'d Arc<Series>> {
    let mut found = known.iter().filter(|series| means(name, series));
    let first = found.next()?;
    // A series may be known twice: as asked for, and as another app's.
    found
        .all(|other| other.track == first.track)
        .then_some(first)
}

#[cfg(test)]
mod tests;
