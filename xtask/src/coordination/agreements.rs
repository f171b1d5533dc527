//! Agreements that never said anything, or say nothing about what is new.

use migrations_common::cli::report::Finding;
use migrations_common::directive::Requirement;
use migrations_common::problem::Problem;
use migrations_common::requirement::means;

use super::landscape::NewScripts;
use super::models::{Agreement, Model};
use crate::workspace::Workspace;

/// A finding for each agreement that names a migration which is nowhere, or a new one that does not touch the table. One whose
/// migrations have landed is history.
pub(super) fn stale(
    models: &[Model],
    workspace: &Workspace,
    scripts: &[NewScripts<'_>],
) -> Vec<Finding> {
    let mut found = Vec::new();
    for model in models {
        for agreement in &model.agreed {
            for named in &agreement.migrations {
                let why = match touches(model, named, scripts) {
                    Some(true) => continue,
                    Some(false) => format!("{named} does not touch what this file defines"),
                    None if has_landed(named, workspace) => continue,
                    None => format!("there is no migration {named}"),
                };
                found.push(finding(model, agreement, &why));
            }
        }
    }
    found
}

/// Whether the new migration touches what the file defines, here or on a branch; none if no such migration is new.
fn touches(model: &Model, named: &Requirement, scripts: &[NewScripts<'_>]) -> Option<bool> {
    let of_series = (scripts.iter()).filter(|one| means(&named.series, &one.series.series));
    let mut answer = None;
    for one in of_series {
        let mut new = one.series.new.iter();
        let Some(at) = new.position(|new| new.version == named.version) else {
            continue;
        };
        let effects = one.effects.iter().zip(&one.of);
        let touches = effects
            .filter(|(_, of)| **of == at)
            .any(|(effect, _)| (effect.object.name()).is_some_and(|name| model.defines(name)));
        answer = Some(answer == Some(true) || touches);
    }
    answer
}

fn has_landed(named: &Requirement, workspace: &Workspace) -> bool {
    let series = workspace.apps.iter().flat_map(|app| &app.series);
    (series.filter(|series| means(&named.series, series)))
        .flat_map(|series| &series.migrations)
        .any(|migration| migration.version == named.version)
}

fn finding(model: &Model, agreement: &Agreement, why: &str) -> Finding {
    let problem = Problem::verification(
        "stale-agreement",
        format!("an agreement does not hold: {why}"),
    )
    .at(model.source.place(agreement.span.clone()))
    .help("correct the line, or remove it");
    model.finding(problem)
}
