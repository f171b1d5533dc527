//! Two histories in one table would take each other's migrations for their own.

use std::collections::HashMap;
use std::sync::Arc;

use super::development_name;
use crate::app::{App, Series};
use crate::cli::args::Place;
use crate::cli::runtime::Runtime;
use crate::history::HistoryTable;
use crate::problem::{Problem, Problems};
use crate::target::Target;
use crate::track::Track;

/// Refuses targets that would share a history table.
pub(super) fn check(targets: &[Arc<Target>], problems: &mut Problems) {
    let mut places: HashMap<usize, Arc<str>> = HashMap::new();
    let mut seen: HashMap<(Arc<str>, &HistoryTable), &Arc<Target>> = HashMap::new();
    for target in targets {
        let address = Arc::as_ptr(&target.parameters).addr();
        let place = places.entry(address).or_insert_with(|| {
            let server = target.parameters.server();
            format!("{server}/{}", target.parameters.database()).into()
        });
        let Some(first) = seen.insert((Arc::clone(place), &target.history), target) else {
            continue;
        };
        let table = target.history.sql();
        let same_series = Arc::ptr_eq(&first.series, &target.series);
        let problem = if same_series {
            Problem::config(
                "one-history-table",
                format!(
                    "{} and {} are one database, with one history table {table}",
                    first.label(),
                    target.label()
                ),
            )
            .note("the first to be migrated would let the other seem to be at head")
            .help("give each its own database, or take one of them out of the list")
            .at(target.series.config.place.clone())
        } else {
            coinciding(&first.series, &target.series, &table)
        };
        problems.push(problem);
    }
}

/// Refuses series of `apps` that would share a history table with one of another app, by what their configs say.
pub(super) fn check_apps(runtime: &Runtime, apps: &[&App], place: &Place, problems: &mut Problems) {
    if place.database_url.is_some() {
        return;
    }
    let mut seen: HashMap<(String, String, &str), &Arc<Series>> = HashMap::new();
    let named = |app: &str| apps.iter().any(|one| one.name == app);
    for app in &runtime.apps {
        for series in &app.series {
            let Some(key) = key(app, series, place) else {
                continue;
            };
            let Some(first) = seen.insert(key, series) else {
                continue;
            };
            let tenants = first.track == Some(Track::Tenant);
            // Targets that were resolved are compared as they are.
            let compared = named(&first.app) && named(&series.app) && !tenants;
            if !compared && (named(&first.app) || named(&series.app)) {
                let table = &series.config.history_table;
                problems.push(coinciding(first, series, table));
            }
        }
    }
}

/// Where the history of `series` is, as its config calls it: database, schema and table.
fn key<'a>(app: &App, series: &'a Series, place: &Place) -> Option<(String, String, &'a str)> {
    let config = &series.config;
    if series.is_fleet() && series.track.is_none() {
        // Each in a database of its own; which one is only known by asking.
        return None;
    }
    let environment = app.config.environments.get(&place.env);
    let location = environment.and_then(|environment| environment.get(&config.name));
    let database = match location.and_then(|location| location.url.as_ref()) {
        Some(url) => format!("url {}", url.value),
        None if place.env == crate::config::DEV => development_name(&app.name, config),
        None => return None,
    };
    let schema = match series.track {
        Some(Track::Tenant) => String::new(),
        _ => config.schema.clone(),
    };
    Some((database, schema, &config.history_table))
}

fn coinciding(first: &Series, second: &Series, table: &str) -> Problem {
    Problem::config(
        "one-history-table",
        format!(
            "{} and {} would share the history table {table}",
            first.label(),
            second.label()
        ),
    )
    .at(first.config.place.clone())
    .at(second.config.place.clone())
    .help("give one of them another `history_table`")
}
