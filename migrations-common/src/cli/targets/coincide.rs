//! Two histories in one table would take each other's migrations for their own.

use std::collections::HashMap;
use std::sync::Arc;

use super::development_name;
use super::location::parameters;
use crate::app::{App, Series};
use crate::cli::args::Place;
use crate::cli::runtime::Runtime;
use crate::config::Text;
use crate::history::HistoryTable;
use crate::problem::{Problem, Problems};
use crate::target::Target;
use crate::track::Track;

/// Refuses targets that would share a history table, and series of `apps` that would share one with another app's by what
/// their configs say. However many targets do, it is told once of two series.
pub(super) fn check(
    targets: &[Arc<Target>],
    runtime: &Runtime,
    apps: &[&App],
    place: &Place,
    problems: &mut Problems,
) {
    let clashes = clashes(targets);
    problems.0.extend(clashes.iter().map(Clash::problem));
    let is_told = |one: &Arc<Series>, other: &Arc<Series>| {
        let is_of = |clash: &Clash<'_>, one, other| {
            Arc::ptr_eq(&clash.first.series, one) && Arc::ptr_eq(&clash.second.series, other)
        };
        let mut clashes = clashes.iter();
        clashes.any(|clash| is_of(clash, one, other) || is_of(clash, other, one))
    };
    if place.database_url.is_some() {
        return;
    }
    let mut seen: HashMap<(String, &str, &str), &Arc<Series>> = HashMap::new();
    let named = |app: &str| apps.iter().any(|one| one.name == app);
    for app in &runtime.apps {
        for series in &app.series {
            let Some(key) = key(runtime, app, series, place) else {
                continue;
            };
            let Some(first) = seen.insert(key, series) else {
                continue;
            };
            if (named(&first.app) || named(&series.app)) && !is_told(first, series) {
                let table = &series.config.history_table;
                problems.push(coinciding(first, series, table));
            }
        }
    }
}

/// Targets of two series, or of one, that have one history table.
struct Clash<'t> {
    first: &'t Target,
    second: &'t Target,
    /// How many more there are of these series.
    more: usize,
}

fn clashes(targets: &[Arc<Target>]) -> Vec<Clash<'_>> {
    let mut places: HashMap<usize, Arc<str>> = HashMap::new();
    let mut seen: HashMap<(Arc<str>, &HistoryTable), &Target> = HashMap::new();
    let mut clashes: Vec<Clash<'_>> = Vec::new();
    for target in targets {
        // Ten thousand tenants share one value.
        let address = Arc::as_ptr(&target.parameters).addr();
        let place = places.entry(address).or_insert_with(|| {
            let server = target.parameters.server();
            format!("{server}/{}", target.parameters.database()).into()
        });
        let Some(first) = seen.insert((Arc::clone(place), &target.history), target) else {
            continue;
        };
        let known = clashes.iter_mut().find(|clash| {
            Arc::ptr_eq(&clash.first.series, &first.series)
                && Arc::ptr_eq(&clash.second.series, &target.series)
        });
        match known {
            Some(clash) => clash.more += 1,
            None => clashes.push(Clash {
                first,
                second: target,
                more: 0,
            }),
        }
    }
    clashes
}

impl Clash<'_> {
    fn problem(&self) -> Problem {
        let (first, second) = (self.first, self.second);
        let table = second.history.sql();
        let problem = if Arc::ptr_eq(&first.series, &second.series) {
            Problem::config(
                "one-history-table",
                format!(
                    "{} and {} are one database, with one history table {table}",
                    first.label(),
                    second.label()
                ),
            )
            .note("the first to be migrated would let the other seem to be at head")
            .help("give each its own database, or take one of them out of the list")
            .at(second.series.config.place.clone())
        } else {
            coinciding(&first.series, &second.series, &table)
        };
        match self.more {
            0 => problem,
            1 => problem.note("and so it is with one more"),
            more => problem.note(format!("and so it is with {more} more")),
        }
    }
}

/// Where the history of `series` is, as its config calls it: database, schema and table.
fn key<'a>(
    runtime: &Runtime,
    app: &App,
    series: &'a Series,
    place: &Place,
) -> Option<(String, &'a str, &'a str)> {
    let config = &series.config;
    if series.is_fleet() && series.track.is_none() {
        // Each in a database of its own; which one is only known by asking.
        return None;
    }
    let environment = app.config.environments.get(&place.env);
    let location = environment.and_then(|environment| environment.get(&config.name));
    let database = match location.and_then(|location| location.url.as_ref()) {
        Some(url) => database_of(url, runtime),
        None if place.env == crate::config::DEV => development_name(&app.name, config),
        None => return None,
    };
    let schema = match series.track {
        Some(Track::Tenant) => "",
        _ => &config.schema,
    };
    Some((database, schema, &config.history_table))
}

/// The database that `url` leads to. Of an app that nobody named the variables may be unset: then its own words.
fn database_of(url: &Text, runtime: &Runtime) -> String {
    match parameters(url, runtime) {
        Ok(parameters) => format!("{}/{}", parameters.server(), parameters.database()),
        Err(_) => format!("url {}", url.value),
    }
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
