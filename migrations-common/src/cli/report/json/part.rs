//! What several documents have in common.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::event::{Applied, How};
use crate::migration::Migration;
use crate::problem::{Place, Problem};
use crate::target::Target;
use crate::track::Track;

/// Which target: its app, database, track, name and schema. `track` is null where a database has but one series.
pub(super) fn target(target: &Target) -> Map<String, Value> {
    let entries: [(&str, Value); 5] = [
        ("app", target.series.app.as_str().into()),
        ("database", target.series.config.name.as_str().into()),
        ("track", target.series.track.map(Track::word).into()),
        ("target", target.name().into()),
        ("schema", target.history.schema.as_str().into()),
    ];
    entries
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

/// A migration's version and name.
pub(super) fn label(migration: &Migration) -> Value {
    json!({ "version": migration.version, "name": migration.name })
}

/// A migration that a run applied, and how.
pub(super) fn applied(applied: &Applied) -> Value {
    json!({
        "version": applied.migration.version,
        "name": applied.migration.name,
        "how": how(applied.how),
        "elapsed_ms": millis(applied.elapsed),
    })
}

fn how(how: How) -> &'static str {
    match how {
        How::InTransaction => "in_transaction",
        How::WithoutTransaction => "without_transaction",
        How::Skipped => "skipped",
        How::TakenBack => "taken_back",
        How::Baselined => "baselined",
        How::Repaired => "repaired",
    }
}

/// The main problem, or null.
pub(super) fn first(problems: &[Problem]) -> Value {
    problems.first().map_or(Value::Null, error)
}

/// A problem. Line and column count from 1, columns characters; both are null where a file as a whole is meant.
pub(super) fn error(problem: &Problem) -> Value {
    let place = problem.places.first();
    let position = place
        .filter(|place| !place.text.is_empty())
        .map(Place::line_column);
    let helps = (!problem.helps.is_empty()).then(|| problem.helps.join("\n"));
    json!({
        "code": problem.code,
        "sqlstate": problem.sqlstate,
        "message": problem.message,
        "migration": problem.migration,
        "path": place.map(|place| place.path.as_str()),
        "line": position.map(|(line, _)| line),
        "column": position.map(|(_, column)| column),
        "help": helps,
    })
}

/// Whole milliseconds.
pub(super) fn millis(time: Duration) -> Value {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).into()
}
