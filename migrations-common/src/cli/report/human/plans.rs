//! What would run: units, in order.

use std::sync::Arc;

use super::super::clean;
use super::super::names::database;
use super::super::wording::{GOOD, INDENT, NAME, WAITS, count, headed, paint, without_transaction};
use crate::plan::{Plan, Unit, cut};
use crate::prepare::Prepared;
use crate::report::{Outcome, Report};
use crate::target::Target;

/// The units of each plan. A target in `report` that failed has none; its problems are shown by the caller.
pub(super) fn text(plans: &[(Arc<Target>, Arc<Plan>)], report: &Report) -> String {
    let mut text = String::new();
    for (target, plan) in plans {
        let stopped = report
            .targets
            .iter()
            .any(|one| one.outcome == Outcome::Failed && Arc::ptr_eq(&one.target, target));
        if !stopped {
            text += &one(target, plan);
        }
    }
    text + &headed(WAITS, "Dry run", "nothing was changed")
}

fn one(target: &Target, plan: &Plan) -> String {
    let heading = |text: &str| {
        let line = format!("{:<11} {text}", database(target));
        headed(GOOD, &target.series.app, line)
    };
    let stands = match plan.current {
        Some(current) => format!("at V{current}"),
        None => "empty".to_owned(),
    };
    if plan.pending.is_empty() {
        return heading(&match plan.ahead.last() {
            Some(newest) => format!("ahead at V{newest}, nothing would run"),
            None => format!("{stands}, nothing would run"),
        });
    }
    let units = cut(plan.pending.clone(), target.series.config.transaction);
    let transactions = units.iter().filter(|unit| unit.transactional).count();
    let mut lines = vec![heading(&format!(
        "{:>3} pending of {}, {}; now {stands}",
        plan.pending.len(),
        target.series.migrations.len(),
        match transactions {
            0 => "without transaction".to_owned(),
            number => format!("in {}", count(number, "transaction")),
        },
    ))];
    let width = column(plan);
    let together = units.iter().any(|unit| unit.migrations.len() > 1);
    for unit in &units {
        if together {
            lines.push(format!("{:INDENT$}{}\n", "", paint(NAME, words(unit))));
        }
        let files = unit.migrations.iter();
        lines.extend(files.map(|file| migration(file, unit, width, together)));
    }
    lines.concat()
}

/// What a unit is, where some hold several migrations.
fn words(unit: &Unit) -> &'static str {
    match unit.migrations.first() {
        Some(file) if !unit.transactional => without_transaction(&file.migration),
        _ => "one transaction",
    }
}

fn migration(file: &Prepared, unit: &Unit, width: usize, below: bool) -> String {
    let label = format!("V{} {}", file.migration.version, file.migration.name);
    let mut remarks = Vec::new();
    if !unit.transactional && !below {
        remarks.push(without_transaction(&file.migration).to_owned());
    }
    if let Some(query) = &file.only_if {
        remarks.push(format!("only if {}", clean::line(query)));
    }
    let indent = INDENT + if below { 2 } else { 0 };
    let line = format!("{:indent$}{label:<width$}   {}", "", remarks.join(", "));
    format!("{}\n", line.trim_end())
}

fn column(plan: &Plan) -> usize {
    let labels = plan.pending.iter().map(|file| {
        let migration = &file.migration;
        1 + migration.version.to_string().len() + 1 + migration.name.chars().count()
    });
    labels.max().unwrap_or(0)
}
