//! What would run: units, in order.

mod fleet;

use std::collections::HashSet;
use std::sync::Arc;

use super::super::clean;
use super::super::group;
use super::super::names;
use super::super::wording::{GOOD, INDENT, NAME, WAITS, count, headed, paint, without_transaction};
use super::standing::not_known;
use crate::app::Series;
use crate::plan::{Plan, Unit, cut};
use crate::prepare::Prepared;
use crate::report::{Outcome, Report};
use crate::target::Target;

/// The units of each plan; of a fleet, those of all targets with the same plan once. A target in `report` that failed has
/// none; its problems are shown by the caller.
pub(super) fn text(plans: &[(Arc<Target>, Arc<Plan>)], report: &Report, width: usize) -> String {
    let failed: HashSet<*const Target> = report
        .targets
        .iter()
        .filter(|one| one.outcome == Outcome::Failed)
        .map(|one| Arc::as_ptr(&one.target))
        .collect();
    let may_run = plans
        .iter()
        .filter(|(target, _)| !failed.contains(&Arc::as_ptr(target)));
    let mut text = String::new();
    for (_, members) in group::by(may_run, |(target, _)| target.series.name()) {
        match members.as_slice() {
            [(target, plan)] if !target.series.is_fleet() => {
                text += &units(&target.series, &names::database(target), "", plan);
            }
            many => text += &fleet::text(many, width),
        }
    }
    for one in &report.unresolved {
        let line = format!("{:<11} {}", names::database_of(&one.series), not_known(one));
        text += &headed(WAITS, &one.series.app, line);
    }
    text + &headed(WAITS, "Dry run", "nothing was changed")
}

fn stands(plan: &Plan) -> String {
    match plan.current {
        Some(current) => format!("at V{current}"),
        None => "empty".to_owned(),
    }
}

fn nothing(plan: &Plan) -> String {
    match plan.ahead.last() {
        Some(newest) => format!("ahead at V{newest}, nothing would run"),
        None => format!("{}, nothing would run", stands(plan)),
    }
}

/// The units of `plan`, below a line that says where they run, and on how many targets if on more than one.
fn units(series: &Series, database: &str, whose: &str, plan: &Plan) -> String {
    let is_fleet = !whose.is_empty();
    let heading = |text: &str| {
        let colon = if is_fleet { ": " } else { "" };
        let line = format!("{database:<11} {whose}{colon}{text}");
        headed(GOOD, &series.app, line)
    };
    if plan.pending.is_empty() {
        return heading(&nothing(plan));
    }
    let units = cut(plan.pending.clone(), series.config.transaction);
    let transactions = units.iter().filter(|unit| unit.transactional).count();
    let how = match transactions {
        0 => "without transaction".to_owned(),
        number if is_fleet => format!("in {} each", count(number, "transaction")),
        number => format!("in {}", count(number, "transaction")),
    };
    let digits = if is_fleet { 0 } else { 3 };
    let mut lines = vec![heading(&format!(
        "{:>digits$} pending of {}, {how}; now {}",
        plan.pending.len(),
        series.migrations.len(),
        stands(plan)
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
