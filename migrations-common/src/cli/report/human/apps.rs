//! What was discovered.

use super::super::clean;
use super::super::names;
use super::super::wording::{NAME, count, paint};
use crate::app::{App, Series};
use crate::config::{TenantSource, Text};
use crate::track::Track;

/// Each app with a line for each of its databases.
pub(super) fn text(apps: &[App]) -> String {
    let names = apps.iter().flat_map(|app| &app.series);
    let width = names
        .map(|series| name(series).chars().count())
        .max()
        .unwrap_or(0);
    let mut lines = Vec::new();
    for app in apps {
        lines.push(format!("{}   {}\n", paint(NAME, &app.name), app.path));
        for series in &app.series {
            lines.push(format!("  {:<width$}   {}\n", name(series), line(series)));
        }
    }
    lines.concat()
}

/// `core`, `workspaces/tenant`.
fn name(series: &Series) -> String {
    match series.track {
        Some(track) => format!("{}/{}", series.config.name, track.word()),
        None => series.config.name.clone(),
    }
}

/// Where its tenants or shards are listed: `tenants from a query on core`.
fn source(series: &Series) -> String {
    let noun = names::noun(series);
    let text = |text: &Text| clean::line(&text.value).into_owned();
    match &series.config.tenants {
        None => format!("{noun}s as the environment says"),
        Some(TenantSource::List(listed)) => format!("{} listed", count(listed.len(), noun)),
        Some(TenantSource::Query { on: Some(on), .. }) => {
            format!("{noun}s from a query on {}", text(on))
        }
        Some(TenantSource::Query { on: None, .. }) => format!("{noun}s from a query"),
        Some(TenantSource::Pattern(pattern)) => format!("{noun}s like {}", text(pattern)),
        Some(TenantSource::File(file)) => format!("{noun}s from {}", text(file)),
        Some(TenantSource::Command(words)) => {
            let program = words.first().map(text).unwrap_or_default();
            format!("{noun}s from the command {program}")
        }
        Some(TenantSource::Function(name)) => format!("{noun}s from the function {}", text(name)),
    }
}

fn line(series: &Series) -> String {
    let config = &series.config;
    let migrations = &series.migrations;
    let range = match (migrations.first(), migrations.last()) {
        (Some(first), Some(last)) if first.version != last.version => format!(
            "V{} to V{} ({})",
            first.version,
            last.version,
            count(migrations.len(), "migration")
        ),
        (Some(only), _) => format!("V{} (1 migration)", only.version),
        (None, _) => "no migrations".to_owned(),
    };
    let mut parts = vec![config.layout.word().to_owned()];
    if series.is_fleet() {
        parts.push(source(series));
    }
    parts.push(range);
    if let Some(shared) = &config.shared {
        parts.push(format!("shared as {shared}"));
    }
    let table = &config.history_table;
    parts.push(match series.track {
        Some(Track::Tenant) => format!("history in each tenant's {table}"),
        _ => format!("history in {}.{table}", config.schema),
    });
    if !series.problems.is_empty() {
        parts.push(count(series.problems.len(), "problem"));
    }
    parts.join(" · ")
}
