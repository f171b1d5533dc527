//! `requires` over apps: who needs what, in which order, and what is missing. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::app::Database;
use crate::directive::Requirement;
use crate::migration::{Migration, Version};
use crate::problem::{Kind, Problem};

/// A migration in the order over apps.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// The app's name.
    pub app: String,
    /// The database's name within the app.
    pub database: String,
    /// The version.
    pub version: Version,
}

/// The series of one app on one database, with what is pending there.
#[derive(Clone, Debug)]
pub struct Series<'a> {
    /// The database.
    pub database: &'a Arc<Database>,
    /// Versions recorded as applied.
    pub applied: BTreeSet<Version>,
    /// Migrations to run, in order.
    pub pending: Vec<&'a Arc<Migration>>,
}

/// A run of one series without a stop: up to `up_to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which of the series.
    pub series: usize,
    /// The version to stop at.
    pub up_to: Version,
}

/// Orders what is pending in `series` so that each migration comes after its predecessor and after what it requires.
///
/// It is an order over migrations, not over apps: app1 V1, app2 V1, app1 V2 is legal. A series is left only when it
/// has to wait; where nothing decides, the first of `series` goes on.
///
/// # Errors
/// `missing-requirement` for what is neither applied nor pending, `requirement-cycle`.
pub fn order(
    series: &[Series<'_>],
    known: &[Arc<Database>],
    program: &str,
) -> Result<Vec<Step>, Vec<Problem>> {
    let by_name: BTreeMap<(&str, &str), usize> = series
        .iter()
        .enumerate()
        .map(|(i, s)| {
            (
                (s.database.app.as_str(), s.database.config.name.as_str()),
                i,
            )
        })
        .collect();
    let mut problems = Vec::new();
    for one in series {
        for migration in &one.pending {
            for requirement in &migration.directives.requires {
                let other = by_name.get(&(requirement.app.as_str(), requirement.database.as_str()));
                let met = other.and_then(|i| series.get(*i)).is_some_and(|other| {
                    let there = other.applied.contains(&requirement.version);
                    let coming = |m: &&Arc<Migration>| m.version == requirement.version;
                    meet(one.database, other.database)
                        && (there || other.pending.iter().any(coming))
                });
                if !met {
                    problems.push(unmet(one.database, migration, requirement, known, program));
                }
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut next = vec![0_usize; series.len()];
    let mut steps: Vec<Step> = Vec::new();
    let is_ready = |next: &[usize], index: usize| {
        let migration = series
            .get(index)
            .and_then(|s| s.pending.get(next.get(index).copied().unwrap_or(0)))?;
        let ready = migration.directives.requires.iter().all(|requirement| {
            let Some(other) =
                by_name.get(&(requirement.app.as_str(), requirement.database.as_str()))
            else {
                return false;
            };
            let Some(one) = series.get(*other) else {
                return false;
            };
            let done = one
                .pending
                .iter()
                .take(next.get(*other).copied().unwrap_or(0));
            one.applied.contains(&requirement.version)
                || done.into_iter().any(|m| m.version == requirement.version)
        });
        ready.then_some(migration.version)
    };
    loop {
        let current = steps.last().map(|step: &Step| step.series);
        let mut candidates: Vec<usize> = (0..series.len()).collect();
        if let Some(current) = current {
            candidates.insert(0, current);
        }
        let found = candidates
            .into_iter()
            .find_map(|index| is_ready(&next, index).map(|version| (index, version)));
        let Some((index, version)) = found else { break };
        if let Some(position) = next.get_mut(index) {
            *position += 1;
        }
        match steps.last_mut().filter(|step| step.series == index) {
            Some(step) => step.up_to = version,
            None => steps.push(Step {
                series: index,
                up_to: version,
            }),
        }
    }
    let stuck: Vec<(&Arc<Database>, &Arc<Migration>)> = series
        .iter()
        .zip(&next)
        .filter_map(|(s, next)| {
            s.pending
                .get(*next)
                .map(|migration| (s.database, *migration))
        })
        .collect();
    if stuck.is_empty() {
        Ok(steps)
    } else {
        Err(vec![cycle(&stuck)])
    }
}

/// The apps' migrations that those in `wanted` require, directly or not: the highest version of each series.
pub fn closure<'a>(
    wanted: impl IntoIterator<Item = &'a Arc<Migration>>,
    known: &[Arc<Database>],
) -> BTreeMap<(String, String), Version> {
    let mut found: BTreeMap<(String, String), Version> = BTreeMap::new();
    let mut open: Vec<Requirement> = wanted
        .into_iter()
        .flat_map(|m| m.directives.requires.clone())
        .collect();
    while let Some(requirement) = open.pop() {
        let key = (requirement.app.clone(), requirement.database.clone());
        if found
            .get(&key)
            .is_some_and(|version| *version >= requirement.version)
        {
            continue;
        }
        if let Some(database) = find(known, &requirement) {
            let needed = database
                .migrations
                .iter()
                .filter(|m| m.version <= requirement.version);
            open.extend(needed.flat_map(|m| m.directives.requires.clone()));
        }
        found.insert(key, requirement.version);
    }
    found
}

/// Applied migrations of `others` that require a version of `database` in `versions`.
pub fn dependents<'a>(
    database: &Database,
    versions: &BTreeSet<Version>,
    others: impl IntoIterator<Item = &'a Series<'a>>,
) -> Vec<(Node, Version)> {
    let mut found = Vec::new();
    for other in others {
        for migration in other
            .database
            .migrations
            .iter()
            .filter(|m| other.applied.contains(&m.version))
        {
            for requirement in &migration.directives.requires {
                let ours =
                    requirement.app == database.app && requirement.database == database.config.name;
                if ours && versions.contains(&requirement.version) {
                    let node = Node {
                        app: other.database.app.clone(),
                        database: other.database.config.name.clone(),
                        version: migration.version,
                    };
                    found.push((node, requirement.version));
                }
            }
        }
    }
    found
}

/// Whether two apps' databases are one database: both name the same shared one.
fn meet(one: &Database, other: &Database) -> bool {
    let shared = one.config.shared.is_some() && one.config.shared == other.config.shared;
    shared || one.label() == other.label()
}

fn find<'d>(known: &'d [Arc<Database>], requirement: &Requirement) -> Option<&'d Arc<Database>> {
    known
        .iter()
        .find(|d| d.app == requirement.app && d.config.name == requirement.database)
}

fn unmet(
    database: &Database,
    migration: &Migration,
    requirement: &Requirement,
    known: &[Arc<Database>],
    program: &str,
) -> Problem {
    let who = format!("{} {}", database.label(), migration.label());
    let problem = |message: String| {
        Problem::new(Kind::Requirement, "missing-requirement", message)
            .at(migration.source.place(requirement.span.clone()))
    };
    match find(known, requirement) {
        Some(other) if !meet(database, other) => problem(format!(
            "{who} requires {requirement}, which lives in another database"
        ))
        .help("a requirement holds within one database: both name the same `shared`"),
        Some(other) if crate::migration::find(&other.migrations, requirement.version).is_some() => {
            problem(format!(
                "{who} requires {requirement}, which is not applied"
            ))
            .help(format!(
                "apply it first: {program} migrate {} --database {} --to {}",
                requirement.app, requirement.database, requirement.version
            ))
            .help("or let this run do it: --with-requirements")
        }
        Some(other) => {
            let newest = other
                .migrations
                .last()
                .map_or_else(|| "none".to_owned(), |m| format!("V{}", m.version));
            problem(format!(
                "{who} requires {requirement}, which does not exist; the newest is {newest}"
            ))
        }
        None => {
            let names = known.iter().map(|d| d.label()).collect::<Vec<_>>();
            let wanted = format!("{}/{}", requirement.app, requirement.database);
            let unknown =
                crate::problem::unknown_name("database", &wanted, names.iter().map(String::as_str));
            problem(format!(
                "{who} requires {requirement}, and there is {unknown}"
            ))
        }
    }
}

fn cycle(stuck: &[(&Arc<Database>, &Arc<Migration>)]) -> Problem {
    let names: Vec<String> = stuck
        .iter()
        .map(|(database, m)| format!("{} V{}", database.label(), m.version))
        .collect();
    let mut problem = Problem::new(
        Kind::Requirement,
        "requirement-cycle",
        format!("each of these waits for another: {}", names.join(", ")),
    )
    .help("remove one `requires`, or move what it needs into an earlier migration");
    for (_, migration) in stuck {
        let span = migration
            .directives
            .requires
            .first()
            .map_or(0..0, |r| r.span.clone());
        problem = problem.at(migration.source.place(span));
    }
    problem
}
