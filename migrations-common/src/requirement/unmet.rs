//! A requirement that nothing meets, and what to do about it.

use std::sync::Arc;

use super::{find, means, meet};
use crate::app::Series;
use crate::directive::Requirement;
use crate::migration::{self, Migration};
use crate::problem::{Kind, Problem, unknown_name};
use crate::program::Program;
use crate::track::{SeriesName, Track};

/// Why `requirement` of `migration` is not met.
pub(super) fn unmet(
    series: &Series,
    migration: &Migration,
    requirement: &Requirement,
    known: &[Arc<Series>],
    program: &Program,
) -> Problem {
    let who = format!("{} {}", series.label(), migration.label());
    let problem = |message: String| {
        Problem::new(Kind::Requirement, "missing-requirement", message)
            .at(migration.source.place(requirement.span.clone()))
    };
    match find(known, &requirement.series) {
        Some(other) if !meet(series, other) => problem(format!(
            "{who} requires {requirement}, which lives in another database"
        ))
        .help("a requirement holds within one database: both name the same `shared`"),
        Some(other) if migration::find(&other.migrations, requirement.version).is_some() => {
            problem(format!(
                "{who} requires {requirement}, which is not applied"
            ))
            .help(format!(
                "apply it first: {}",
                program.command("migrate", &other.name(), Some(requirement.version))
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
        None if known.iter().any(|other| means(&requirement.series, other)) => {
            let name = &requirement.series;
            problem(format!(
                "{who} requires {requirement}, and {name} has two tracks"
            ))
            .help(format!(
                "write {name}/global/V{version} or {name}/tenant/V{version}",
                version = requirement.version
            ))
        }
        None if let Some(only) = known.iter().find(|other| is_beside(other, requirement)) => {
            let track = requirement.series.track.map_or("", Track::word);
            let SeriesName { app, database, .. } = &requirement.series;
            problem(format!(
                "{who} requires {requirement}, and {app}/{database} has no track `{track}`"
            ))
            .help(format!("write {}/V{}", only.label(), requirement.version))
        }
        None => {
            let names: Vec<String> = known.iter().map(|other| other.label()).collect();
            let wanted = requirement.series.to_string();
            let unknown = unknown_name("database", &wanted, names.iter().map(String::as_str));
            problem(format!(
                "{who} requires {requirement}, and there is {unknown}"
            ))
        }
    }
}

/// Whether `series` is of the database that `requirement` names.
fn is_beside(series: &Series, requirement: &Requirement) -> bool {
    series.app == requirement.series.app && series.config.name == requirement.series.database
}
