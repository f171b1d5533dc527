//! What was discovered.

use super::super::wording::{NAME, count, paint};
use crate::app::{App, Database};

/// Each app with a line for each of its databases.
pub(super) fn text(apps: &[App]) -> String {
    let names = apps.iter().flat_map(|app| &app.databases);
    let width = names
        .map(|database| database.config.name.chars().count())
        .max()
        .unwrap_or(0);
    let mut lines = Vec::new();
    for app in apps {
        lines.push(format!("{}   {}\n", paint(NAME, &app.name), app.path));
        for database in &app.databases {
            let name = &database.config.name;
            lines.push(format!("  {name:<width$}   {}\n", line(database)));
        }
    }
    lines.concat()
}

fn line(database: &Database) -> String {
    let config = &database.config;
    let migrations = &database.migrations;
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
    let mut parts = vec!["single".to_owned(), range];
    if let Some(shared) = &config.shared {
        parts.push(format!("shared as {shared}"));
    }
    parts.push(format!(
        "history in {}.{}",
        config.schema, config.history_table
    ));
    if !database.problems.is_empty() {
        parts.push(count(database.problems.len(), "problem"));
    }
    parts.join(" · ")
}
