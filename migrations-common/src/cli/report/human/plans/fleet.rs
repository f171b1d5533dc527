//! What would run on many targets: those with the same plan stand together.

use std::sync::Arc;

use super::super::super::flow::flow;
use super::super::super::group;
use super::super::super::names;
use super::super::super::wording::{INDENT, count};
use super::super::blocks::in_brackets;
use super::{nothing, stands, units};
use crate::app::Series;
use crate::migration::Version;
use crate::plan::Plan;
use crate::prepare::Prepared;
use crate::target::Target;

/// Groups that are told one by one.
const GROUPS: usize = 6;
/// Targets of a group that are named.
const NAMED: usize = 5;

/// What makes two plans the same: where the target stands, what is pending, and whether something newer is there.
type Alike = (Option<Version>, Vec<Version>, Option<Version>);

/// The largest group with its units, the others with a line each.
pub(super) fn text(members: &[&(Arc<Target>, Arc<Plan>)], width: usize) -> String {
    let Some(series) = members.first().map(|(target, _)| &target.series) else {
        return String::new();
    };
    let mut groups = group::by_size(members.iter().copied(), alike);
    // What would run comes before what would not.
    groups.sort_by_key(|((_, pending, _), _)| pending.is_empty());
    let mut text = String::new();
    for (index, (_, of_group)) in groups.iter().take(GROUPS).enumerate() {
        let Some((_, plan)) = of_group.first() else {
            continue;
        };
        let whose = whose(series, of_group);
        if index == 0 {
            text += &units(series, &names::database_of(series), &whose, plan);
            continue;
        }
        let line = format!("{whose}: {}", summary(plan));
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        text += &flow(&format!("{:INDENT$}", ""), INDENT + 2, &words, width);
    }
    let beyond = groups.get(GROUPS..).unwrap_or_default();
    if !beyond.is_empty() {
        let targets: usize = beyond.iter().map(|(_, members)| members.len()).sum();
        let groups = count(beyond.len(), "more group");
        text = format!("{text}{:INDENT$}and {targets} in {groups}\n", "");
    }
    text
}

fn alike((_, plan): &(Arc<Target>, Arc<Plan>)) -> Alike {
    let pending = plan.pending.iter().map(|file| file.migration.version);
    (plan.current, pending.collect(), plan.ahead.last().copied())
}

/// `990 tenants`, `2 tenants (acme, initech)`.
fn whose(series: &Series, members: &[&(Arc<Target>, Arc<Plan>)]) -> String {
    let number = count(members.len(), names::noun(series));
    if members.len() > NAMED {
        return number;
    }
    let names: Vec<String> = members
        .iter()
        .map(|(target, _)| names::member(target))
        .collect();
    format!(
        "{number} {}",
        in_brackets(&names::list(&names, NAMED)).join(" ")
    )
}

/// `at V40, 2 pending: V41 teams to V42 unique_emails`.
fn summary(plan: &Plan) -> String {
    let label = |file: &Prepared| format!("V{} {}", file.migration.version, file.migration.name);
    let files = match plan.pending.as_slice() {
        [] => return nothing(plan),
        [only] => label(only),
        [first, .., last] => format!("{} to {}", label(first), label(last)),
    };
    format!("{}, {} pending: {files}", stands(plan), plan.pending.len())
}
