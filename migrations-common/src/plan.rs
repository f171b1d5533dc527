//! What would run on a target: a pure function of its history, its migrations and the version to stop at.

mod units;

use std::sync::Arc;

use crate::app::Series;
use crate::config::VersionWidth;
use crate::history::History;
use crate::migration::{self, Checksum, Migration, Version};
use crate::placeholder::Values;
use crate::prepare::{self, Prepared};
use crate::problem::{Place, Problem};

pub use units::{Unit, cut};

/// What a run is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The last version to apply; all if absent.
    pub up_to: Option<Version>,
    /// Whether a migration may apply after one with a higher version.
    pub out_of_order: bool,
}

/// What is pending on a target.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The newest version applied.
    pub current: Option<Version>,
    /// The newest version there is, as far as asked for.
    pub head: Option<Version>,
    /// What to run, in order.
    pub pending: Vec<Prepared>,
    /// Applied versions newer than any known: the target has seen a newer release.
    pub ahead: Vec<Version>,
    /// What does not stop a run.
    pub warnings: Vec<Problem>,
}

/// Compares history and files.
///
/// # Errors
/// Everything that stands in the way: edited, missing and out-of-order migrations, and what is wrong with the
/// files that are pending.
pub fn plan(
    series: &Series,
    history: &History,
    request: Request,
    values: &Values,
) -> Result<Plan, Vec<Problem>> {
    let migrations = &series.migrations;
    let mut problems: Vec<Problem> = series.problems.iter().map(|p| p.0.clone()).collect();
    let newest = migrations.last().map(|m| m.version);
    let mut plan = Plan {
        current: history.current(),
        head: request
            .up_to
            .map_or(newest, |limit| newest.map(|newest| newest.min(limit))),
        ..Plan::default()
    };
    if let Some(limit) = request.up_to
        && let Err(problem) = series.migration(limit)
    {
        problems.push(problem);
    }
    for row in &history.rows {
        match migration::find(migrations, row.version) {
            Some(migration) => match compare(migration, row) {
                Some(Deviation::Problem(problem)) => problems.push(problem),
                Some(Deviation::Warning(problem)) => plan.warnings.push(problem),
                None => {}
            },
            None if newest.is_none_or(|newest| row.version > newest) => {
                plan.ahead.push(row.version);
            }
            None => problems.push(missing(series, row)),
        }
    }
    let width = history
        .form
        .map_or(series.config.history_version, |form| form.width);
    let mut pending = Vec::new();
    for migration in migrations
        .iter()
        .filter(|m| request.up_to.is_none_or(|limit| m.version <= limit))
    {
        if history.find(migration.version).is_some() {
            continue;
        }
        if let Some(current) = plan.current.filter(|current| migration.version < *current)
            && !(migration.may_be_late || request.out_of_order)
        {
            problems.push(out_of_order(migration, current));
        }
        if width == VersionWidth::Int4 && i32::try_from(migration.version).is_err() {
            problems.push(too_large(migration, series));
        }
        pending.push(migration);
    }
    let allowed = series.allowed_schemas();
    for migration in pending {
        match prepare::up(migration, values, allowed.as_ref()) {
            Ok(prepared) => plan.pending.push(prepared),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        Ok(plan)
    } else {
        Err(problems)
    }
}

enum Deviation {
    Problem(Problem),
    Warning(Problem),
}

fn compare(migration: &Arc<Migration>, row: &crate::history::Applied) -> Option<Deviation> {
    let place = migration.source.place(0..0);
    match migration.compare(row.checksum) {
        Checksum::Same => None,
        Checksum::LineEnds => Some(Deviation::Warning(
            Problem::verification(
                "line-ends",
                format!(
                    "{} has other line ends than when it was applied",
                    migration.label()
                ),
            )
            .at(place)
            .help("keep line ends as they are in git: `*.sql text eol=lf` in .gitattributes"),
        )),
        Checksum::Edited => {
            let what = if migration.name == row.name {
                "was edited after it was applied"
            } else {
                "has another name or text than what was applied"
            };
            Some(Deviation::Problem(
                Problem::verification("edited-migration", format!("{} {what}", migration.label()))
                    .at(place)
                    .note(format!(
                        "applied as V{}__{} on {}",
                        row.version, row.name, row.applied_on
                    ))
                    .help("restore the file and put the change into a new migration")
                    .help(format!(
                        "if the target already has what the file says: repair … {}",
                        row.version
                    )),
            ))
        }
    }
}

fn missing(series: &Series, row: &crate::history::Applied) -> Problem {
    Problem::verification(
        "deleted-migration",
        format!(
            "V{}__{} is applied and its file is gone",
            row.version, row.name
        ),
    )
    .at(Place::file(&*series.directory))
    .note(format!("applied on {}", row.applied_on))
    .help("restore the file; if the branch was switched on a development database: cargo xtask postgres reset")
}

fn out_of_order(migration: &Migration, current: Version) -> Problem {
    Problem::verification(
        "out-of-order",
        format!(
            "{} is not applied and sorts below V{current}, which is",
            migration.label()
        ),
    )
    .at(migration.source.place(0..0))
    .help(format!("give it a version above {current}"))
    .help("if it truly may run late: --out-of-order allow")
}

/// The insert would fail, after the file ran.
fn too_large(migration: &Migration, series: &Series) -> Problem {
    let table = &series.config.history_table;
    Problem::verification(
        "version-too-large",
        format!(
            "{} has a version over 32 bits, and {table} holds no more",
            migration.label()
        ),
    )
    .at(migration.source.place(0..0))
    .help("give it a version that fits")
    .help(format!(
        "or widen the column, once nobody runs refinery without `int8-versions` here: \
         alter table {table} alter column version type int8"
    ))
}
