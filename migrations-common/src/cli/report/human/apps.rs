//! What was discovered.

use super::super::wording::{NAME, count, paint};
use crate::app::{App, Series};
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
    let mut parts = vec![config.layout.word().to_owned(), range];
    if let Some(shared) = &config.shared {
        parts.push(format!("shared as {shared}"));
    }
    let schema = match series.track {
        Some(Track::Tenant) => "each tenant's",
        _ => &config.schema,
    };
    parts.push(format!("history in {schema}.{}", config.history_table));
    if !series.problems.is_empty() {
        parts.push(count(series.problems.len(), "problem"));
    }
    parts.join(" · ")
}
