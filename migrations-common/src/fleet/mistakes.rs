//! Common mistakes with many tenants, found before a run, each with its cure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::look::look;
use super::pool::DatabaseId;
use super::prepared::{Entry, Prepared};
use crate::app::Series;
use crate::history::{History, Known};
use crate::migration::Checksum;
use crate::problem::Problem;
use crate::target::Target;
use crate::track::Track;

/// Tenants from which on one worker is a mistake.
const MANY: usize = 100;

/// Workers that a warning compares with: what a database may have by default.
const WORKERS: usize = 8;

/// What goes on, and should not stay so.
pub(super) fn warnings(fleet: &mut Prepared<'_>) -> Vec<Problem> {
    let mut warnings = Vec::new();
    for series in fleet.series.clone() {
        warnings.extend(one_worker(fleet, &series));
        warnings.extend(many_schemas(fleet, &series));
    }
    warnings
}

/// Fails the tenants of a database whose histories are all in one table: none of them has one of its own, and what the
/// database records for itself are the tenants' migrations.
pub(super) fn refuse_one_history(fleet: &mut Prepared<'_>) {
    for series in fleet.series.clone() {
        if series.track != Some(Track::Tenant) {
            continue;
        }
        let of_series = |entry: &&Entry| Arc::ptr_eq(&entry.target.series, &series) && entry.asked;
        let has_own = |entry: &Entry| entry.history.form.is_some();
        let entries: Vec<&Entry> = fleet.entries.iter().filter(of_series).collect();
        let Some(first) = entries
            .first()
            .filter(|_| !entries.iter().any(|e| has_own(e)))
        else {
            continue;
        };
        let target = Arc::clone(&first.target);
        let (shared, table) = shared_history(fleet, &target);
        let records = |row: &crate::history::Applied| {
            let migration = crate::migration::find(&series.migrations, row.version);
            migration.is_some_and(|migration| migration.compare(row.checksum) == Checksum::Same)
        };
        let Some(row) = shared.rows.iter().rev().find(|row| records(row)) else {
            continue;
        };
        let problem = one_history(&series, &table, row.version);
        let mut problem = Some(problem);
        let entries = fleet.entries.iter_mut();
        for entry in entries.filter(|entry| Arc::ptr_eq(&entry.target.series, &series)) {
            match problem.take() {
                Some(problem) => entry.report.fail(vec![problem]),
                None => entry.held_back = true,
            }
        }
    }
}

/// What is recorded in the schema that all tenants of `target`'s database share, and in which table.
fn shared_history(fleet: &mut Prepared<'_>, target: &Arc<Target>) -> (Arc<History>, String) {
    let mut shared = Target::clone(target);
    shared
        .scope
        .history
        .schema
        .clone_from(&target.series.config.schema);
    let table = shared.history.sql();
    let mut seen = look(
        &mut fleet.pool,
        &[Arc::new(shared)],
        &Known::default(),
        None,
        fleet.context,
    );
    let history = seen.pop().and_then(Result::ok).map(|seen| seen.history);
    (history.unwrap_or_default(), table)
}

fn one_history(series: &Series, table: &str, version: crate::migration::Version) -> Problem {
    Problem::verification(
        "one-history-for-all",
        format!(
            "{table} records the tenants' migrations of {}, and no tenant has a history of its own",
            series.label()
        ),
    )
    .at(series.config.place.clone())
    .note("one table cannot tell which tenant has what: the first to be migrated makes all others seem to be at head")
    .help(format!(
        "record in each tenant what it has: baseline {} {version} --database {} --track tenant; then drop that table",
        series.app, series.config.name
    ))
}

fn one_worker(fleet: &Prepared<'_>, series: &Arc<Series>) -> Option<Problem> {
    let of_series = || {
        fleet
            .entries
            .iter()
            .filter(|e| Arc::ptr_eq(&e.target.series, series))
    };
    let waiting = of_series().filter(|entry| entry.is_waiting()).count();
    let connections = of_series()
        .map(|entry| entry.target.max_connections)
        .min()?;
    let one = fleet.request.policy.jobs == Some(1) || connections == 1;
    if !series.is_fleet() || !one || waiting <= MANY {
        return None;
    }
    Some(
        Problem::config(
            "one-worker",
            format!("{waiting} targets of {} one after the other", series.label()),
        )
        .note(format!(
            "{WORKERS} at a time would be {} rounds in place of {waiting}: an {WORKERS}th of the time, if the server has the cores, and on a slow network in any case",
            waiting.div_ceil(WORKERS)
        ))
        .help(format!("leave out --jobs 1, or set max_connections = {WORKERS}")),
    )
}

fn many_schemas(fleet: &mut Prepared<'_>, series: &Arc<Series>) -> Option<Problem> {
    if series.track != Some(Track::Tenant) {
        return None;
    }
    let mut databases: BTreeMap<DatabaseId, usize> = BTreeMap::new();
    for entry in fleet
        .entries
        .iter()
        .filter(|e| Arc::ptr_eq(&e.target.series, series))
    {
        *databases
            .entry(fleet.pool.database(&entry.target))
            .or_default() += 1;
    }
    let most = usize::try_from(series.config.many_schemas).unwrap_or(usize::MAX);
    let schemas = databases
        .into_values()
        .max()
        .filter(|schemas| *schemas > most)?;
    Some(
        Problem::config(
            "many-schemas",
            format!("{} has {schemas} schemas in one database", series.label()),
        )
        .note("each schema has its own tables: with thousands of them the catalog grows, and with it the time of a backup, of autovacuum and of a new connection's first queries")
        .help("spread tenants over several databases, or keep small ones in shared tables with row level security")
        .help(format!(
            "if this is as it should be: many_schemas = {} under [databases.{}]",
            schemas.next_multiple_of(1000),
            series.config.name
        )),
    )
}
