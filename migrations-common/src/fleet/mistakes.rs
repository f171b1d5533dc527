//! Common mistakes with many tenants, found before a run, each with its cure.

use std::sync::Arc;

use super::migrate::MigrateRequest;
use super::prepared::Prepared;
use crate::app::Series;
use crate::problem::Problem;

/// What goes on, and should not stay so.
pub(super) fn warnings(fleet: &Prepared<'_>, request: &MigrateRequest) -> Vec<Problem> {
    fleet
        .series
        .iter()
        .filter_map(|series| one_worker(fleet, series, request))
        .collect()
}

/// Tenants from which on one worker is a mistake.
const MANY: usize = 100;

fn one_worker(
    fleet: &Prepared<'_>,
    series: &Arc<Series>,
    request: &MigrateRequest,
) -> Option<Problem> {
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
    let one = request.policy.jobs == Some(1) || connections == 1;
    if !series.is_fleet() || !one || waiting <= MANY {
        return None;
    }
    let rounds = waiting.div_ceil(8);
    Some(
        Problem::config(
            "one-worker",
            format!("{waiting} targets of {} one after the other", series.label()),
        )
        .note(format!(
            "with eight connections it would be {rounds} rounds in place of {waiting}: an eighth of the time, if the server has the cores"
        ))
        .help("leave out --jobs 1, or raise `max_connections`"),
    )
}
