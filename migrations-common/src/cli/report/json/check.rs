//! `check` as JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::super::Severity;
use super::super::finding::{Check, ComparedRef, Finding, NewMigration};
use super::document::Document;
use crate::problem::Place;
use crate::sql::span::line_column;
use crate::track::Track;

/// What `check` looked at, and what it found.
pub fn check(out: &mut dyn Write, check: &Check) -> io::Result<()> {
    let mut document = Document::begin(out)?;
    document.list("findings", check.findings.iter().map(finding))?;
    document.list(
        "new_migrations",
        check.new_migrations.iter().map(new_migration),
    )?;
    document.list("refs", check.refs.iter().map(compared))?;
    document.end()
}

fn finding(finding: &Finding) -> Value {
    let problem = &finding.problem;
    json!({
        "code": problem.code,
        "severity": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "message": problem.message,
        "notes": problem.notes,
        "help": (!problem.helps.is_empty()).then(|| problem.helps.join("\n")),
        "app": finding.app,
        "database": finding.database,
        "table": finding.table,
        "apps": finding.apps,
        "verdict": finding.verdict,
        "locations": problem.places.iter().map(location).collect::<Value>(),
    })
}

/// Lines and columns count from 1, columns in characters; the end is the first character after.
fn location(place: &Place) -> Value {
    let shown = !place.text.is_empty();
    let start = shown.then(|| place.line_column());
    let end = shown.then(|| line_column(&place.text, place.span.end));
    json!({
        "path": place.path,
        "line": start.map(|(line, _)| line),
        "column": start.map(|(_, column)| column),
        "end_line": end.map(|(line, _)| line),
        "end_column": end.map(|(_, column)| column),
        "label": (!place.label.is_empty()).then_some(&place.label),
    })
}

fn new_migration(one: &NewMigration) -> Value {
    json!({
        "app": one.series.app,
        "database": one.series.database,
        "track": one.series.track.map(Track::word),
        "version": one.migration.version,
        "name": one.migration.name,
        "path": &*one.migration.source.path,
        "ref": one.on,
    })
}

fn compared(one: &ComparedRef) -> Value {
    json!({ "name": one.name, "commit": one.commit, "role": one.role, "trusted": one.trusted })
}
