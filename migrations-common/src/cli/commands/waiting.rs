//! What an environment still waits for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::context;
use crate::app::{App, Series};
use crate::cli::args::Place;
use crate::cli::reporter::Reporter;
use crate::cli::runtime::Runtime;
use crate::cli::targets::{self, Asked};
use crate::fleet::{self, State};
use crate::migration::{Migration, Version};
use crate::problem::Problems;
use crate::report::Unresolved;
use crate::track::SeriesName;

/// What a series waits for.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The series.
    pub series: Arc<Series>,
    /// Its migrations that some target lacks, by version.
    pub migrations: BTreeMap<Version, Arc<Migration>>,
}

/// The migrations of every app that some target of `environment` lacks, by series; a series that lacks none is left out.
///
/// # Errors
/// A target that does not answer, or whose history does not fit: what it lacks is not known.
pub fn waiting(
    runtime: &Runtime,
    environment: &str,
    reporter: &Reporter,
) -> Result<Vec<Waiting>, Problems> {
    let place = Place::of(environment);
    let context = context(runtime, &place, reporter, Duration::ZERO)?;
    let asked = Asked {
        runtime,
        place: &place,
        set: &[],
        interrupt: &context.interrupt,
    };
    let apps: Vec<&App> = runtime.apps.iter().collect();
    let resolved = targets::resolve(asked, &apps)?;
    let status = fleet::status(&resolved.targets, &resolved.later, &context);
    let mut problems = Problems::default();
    let mut missing: BTreeMap<SeriesName, Waiting> = BTreeMap::new();
    let mut add = |series: &Arc<Series>, migrations: &[Arc<Migration>]| {
        let waiting = missing.entry(series.name()).or_insert_with(|| Waiting {
            series: Arc::clone(series),
            migrations: BTreeMap::new(),
        });
        let found = migrations.iter().map(|m| (m.version, Arc::clone(m)));
        waiting.migrations.extend(found);
    };
    for target in &status.targets {
        match target.state {
            State::Diverged | State::Unreachable => {
                problems.0.extend(target.problems.iter().cloned());
            }
            State::AtHead | State::Pending | State::Ahead => {
                add(&target.target.series, &target.pending);
            }
        }
    }
    for unresolved in &status.unresolved {
        if Unresolved::is_failure(unresolved) {
            problems.push(unresolved.problem.clone());
        } else {
            // Its tenants are not there yet, and so have nothing.
            add(&unresolved.series, &unresolved.series.migrations);
        }
    }
    let found = missing
        .into_values()
        .filter(|one| !one.migrations.is_empty());
    problems.or_ok(found.collect())
}
