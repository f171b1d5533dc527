//! The figures as a table for people and as JSON.

use serde_json::{Map, Value, json};

use crate::candidate::{FLOOR, REFINERY};
use crate::figures::{Case, Figures, Measure};

/// A column: what a candidate shows in a case.
struct Column {
    heading: &'static str,
    width: usize,
    cell: fn(&Case, &str) -> Option<String>,
}

const SECONDS: Measure = |sample| Some(sample.seconds);
const SERVER_CPU: Measure = |sample| sample.server_cpu;
const PEAK: Measure = |sample| sample.peak;
const STATEMENTS: Measure = |sample| sample.statements;
const ROUND_TRIPS: Measure = |sample| sample.round_trips;

/// Processor time comes in ticks of 10 ms, rounded once a process: below this a ratio says nothing.
const LEAST_CPU: f64 = 0.1;

const COLUMNS: &[Column] = &[
    Column::new("median", 10, |case, name| {
        thousandths(case.summary(name, SECONDS)?.median)
    }),
    Column::new("min", 10, |case, name| {
        thousandths(case.summary(name, SECONDS)?.least)
    }),
    Column::new("max", 10, |case, name| {
        thousandths(case.summary(name, SECONDS)?.most)
    }),
    Column::new("/ floor", 9, |case, name| {
        hundredths(case.ratio(name, FLOOR, SECONDS, 0.0)?)
    }),
    Column::new("/ refinery", 12, |case, name| {
        hundredths(case.ratio(name, REFINERY, SECONDS, 0.0)?)
    }),
    Column::new("server CPU", 12, |case, name| {
        Some(format!(
            "{:.0}",
            case.summary(name, SERVER_CPU)?.median * 1e3
        ))
    }),
    Column::new("/ floor", 9, |case, name| {
        hundredths(case.ratio(name, FLOOR, SERVER_CPU, LEAST_CPU)?)
    }),
    Column::new("/ refinery", 12, |case, name| {
        hundredths(case.ratio(name, REFINERY, SERVER_CPU, LEAST_CPU)?)
    }),
    Column::new("peak MB", 9, |case, name| {
        Some(format!("{:.1}", case.summary(name, PEAK)?.median / 1e6))
    }),
    Column::new("statements", 12, |case, name| {
        hundredths(case.summary(name, STATEMENTS)?.median)
    }),
    Column::new("trips", 8, |case, name| {
        hundredths(case.summary(name, ROUND_TRIPS)?.median)
    }),
];

/// A table: one block a case, one line a candidate; columns that would be empty are left out.
pub(crate) fn human(figures: &Figures, candidates: &[&str], head: &str) -> String {
    let mut table =
        format!("{head}\ntimes in ms; statements and round trips are those of one target\n");
    for case in &figures.cases {
        let columns: Vec<&Column> = COLUMNS
            .iter()
            .filter(|column| {
                candidates
                    .iter()
                    .any(|name| (column.cell)(case, name).is_some())
            })
            .collect();
        table.push_str(&line(&case.label(), &columns, |column| {
            column.heading.to_owned()
        }));
        for name in candidates {
            table.push_str(&line(&format!("  {name}"), &columns, |column| {
                (column.cell)(case, name).unwrap_or_default()
            }));
        }
        table.push('\n');
    }
    table
}

/// The same for programs; times in seconds, memory in bytes.
pub(crate) fn json(
    figures: &Figures,
    candidates: &[&str],
    head: &str,
) -> Result<String, serde_json::Error> {
    let mut results: Vec<Value> = Vec::new();
    for case in &figures.cases {
        for name in candidates {
            let Some(seconds) = case.summary(name, SECONDS) else {
                continue;
            };
            let median = |measure| case.summary(name, measure).map(|summary| summary.median);
            let result = json!({
                "phase": case.phase.name(),
                "targets": case.setting.targets,
                "delay_seconds": case.setting.delay.as_secs_f64(),
                "candidate": name,
                "median_seconds": seconds.median,
                "min_seconds": seconds.least,
                "max_seconds": seconds.most,
                "ratio_to_floor": case.ratio(name, FLOOR, SECONDS, 0.0),
                "ratio_to_refinery": case.ratio(name, REFINERY, SECONDS, 0.0),
                "server_cpu_seconds": median(SERVER_CPU),
                "server_cpu_ratio_to_floor": case.ratio(name, FLOOR, SERVER_CPU, LEAST_CPU),
                "server_cpu_ratio_to_refinery": case.ratio(name, REFINERY, SERVER_CPU, LEAST_CPU),
                "peak_bytes": median(PEAK),
                "statements_per_target": median(STATEMENTS),
                "round_trips_per_target": median(ROUND_TRIPS),
            });
            results.push(without_nulls(result));
        }
    }
    serde_json::to_string_pretty(&json!({ "about": head, "results": results }))
}

impl Column {
    const fn new(
        heading: &'static str,
        width: usize,
        cell: fn(&Case, &str) -> Option<String>,
    ) -> Self {
        Column {
            heading,
            width,
            cell,
        }
    }
}

fn line(first: &str, columns: &[&Column], text: impl Fn(&Column) -> String) -> String {
    let cells = columns
        .iter()
        .map(|column| format!("{:>1$}", text(column), column.width));
    let line = format!("\n{first:<36}{}", cells.collect::<String>());
    line.trim_end_matches(' ').to_owned()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a cell is an Option, as most can be empty"
)]
fn thousandths(seconds: f64) -> Option<String> {
    Some(format!("{:.1}", seconds * 1e3))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a cell is an Option, as most can be empty"
)]
fn hundredths(number: f64) -> Option<String> {
    Some(format!("{number:.2}"))
}

/// What was not measured is not there.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let present: Map<String, Value> = map
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .collect();
            Value::Object(present)
        }
        other => other,
    }
}
