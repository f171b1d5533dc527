//! The figures as a table for people and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::candidate::{FLOOR, REFINERY};
use crate::figures::{Case, Figures, Summary};

/// A table: one block a case, one line a candidate.
pub(crate) fn human(figures: &Figures, candidates: &[&str], head: &str) -> String {
    let mut table = format!("{head}; times in ms\n");
    for case in &figures.cases {
        let _ = write!(
            table,
            "\n{:<32} {:>9} {:>9} {:>9} {:>9} {:>12}",
            case.label(),
            "median",
            "min",
            "max",
            "/ floor",
            "/ refinery"
        );
        for (candidate, summary) in lines(case, candidates) {
            let _ = write!(
                table,
                "\n  {candidate:<30} {:>9.1} {:>9.1} {:>9.1} {:>9} {:>12}",
                summary.median * 1e3,
                summary.least * 1e3,
                summary.most * 1e3,
                shown(ratio(case, summary, FLOOR)),
                shown(ratio(case, summary, REFINERY)),
            );
        }
        table.push('\n');
    }
    table
}

/// The same for programs; times in seconds.
pub(crate) fn json(
    figures: &Figures,
    candidates: &[&str],
    head: &str,
) -> Result<String, serde_json::Error> {
    let mut results: Vec<Value> = Vec::new();
    for case in &figures.cases {
        for (candidate, summary) in lines(case, candidates) {
            results.push(json!({
                "phase": case.phase,
                "targets": case.targets,
                "candidate": candidate,
                "median_seconds": summary.median,
                "min_seconds": summary.least,
                "max_seconds": summary.most,
                "ratio_to_floor": ratio(case, summary, FLOOR),
                "ratio_to_refinery": ratio(case, summary, REFINERY),
            }));
        }
    }
    serde_json::to_string_pretty(&json!({ "about": head, "results": results }))
}

fn lines<'c>(case: &Case, candidates: &[&'c str]) -> impl Iterator<Item = (&'c str, Summary)> {
    candidates
        .iter()
        .filter_map(|name| Some((*name, case.summary(name)?)))
}

fn ratio(case: &Case, summary: Summary, other: &str) -> Option<f64> {
    Some(summary.median / case.summary(other)?.median)
}

fn shown(ratio: Option<f64>) -> String {
    ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"))
}
