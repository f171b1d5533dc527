//! The coordination check: what is new, what it does to which table, and who has to talk to whom before it lands.

mod agreements;
mod conflict;
mod landed;
mod landscape;
mod malformed;
mod meeting;
mod models;
mod ownership;
mod proof;
mod settled;
mod unread;
mod ways_out;
mod words;

use std::collections::BTreeSet;

use migrations_common::Problems;
use migrations_common::cli::report::{Check, ComparedRef, Finding, NewMigration, Severity};

use crate::git::Git;
use crate::new_migrations::{self, NewMigrations, Origin};
use crate::workspace::Workspace;
use conflict::Comparison;
use landscape::{Landscape, NewScripts};
use models::Model;
use ownership::Standing;

pub(crate) use proof::Prover;

/// Compares all that is `new` with each other and with who owns what; runs what conflicts in both orders, if there is a
/// `prover`.
///
/// # Errors
/// Files of `shared-models` that cannot be read.
pub(crate) fn check(
    workspace: &Workspace,
    new: &NewMigrations,
    mut prover: Option<Prover<'_>>,
) -> Result<Check, Problems> {
    let mut findings: Vec<Finding> = Vec::new();
    let models = models(workspace, new, &mut findings)?;
    findings.extend(
        models
            .iter()
            .filter_map(|model| ownership::without_owner(model, workspace)),
    );
    let (landscape, scripts) = Landscape::survey(&workspace.apps, &new.series);
    let comparison = Comparison::of(&scripts);
    for pair in comparison.pairs() {
        let mut meetings = comparison.meetings(pair, &landscape, &models);
        if let (Some(prover), Some(first)) = (prover.as_mut(), meetings.first()) {
            let outcome = prover.prove(first.a, first.b, new);
            meetings = (meetings.into_iter())
                .filter_map(|meeting| meeting.proved(&outcome, new, &landscape, &models))
                .collect();
        }
        for meeting in meetings {
            let finding = meeting.finding(new, &landscape, &models);
            let passes = meeting.commutes && workspace.commuting_warns;
            findings.push(if passes {
                finding.as_warning()
            } else {
                finding
            });
        }
    }
    for one in &scripts {
        let place = landscape.place(&one.place);
        findings.extend(unread::findings(one, place));
        findings.extend(ownership::findings(one, place, &models));
    }
    findings.extend(malformed::findings(&workspace.apps, &scripts));
    findings.extend(agreements::stale(&models, workspace, &scripts));
    findings.sort_by_key(|finding| finding.severity != Severity::Error);
    Ok(Check {
        findings,
        new_migrations: listed(new),
        refs: compared(new),
        shared_tables: shared_tables(&scripts, &landscape, &models),
    })
}

/// The shared definitions of the working tree, with what is agreed there, on the base and on trusted branches.
fn models(
    workspace: &Workspace,
    new: &NewMigrations,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Model>, Problems> {
    let mut models: Vec<Model> = Vec::new();
    for file in new_migrations::shared_models(workspace)? {
        let (model, problems) = Model::read(file);
        findings.extend(problems.into_iter().map(|problem| model.finding(problem)));
        models.push(model);
    }
    let base = new.base.iter().map(|base| base.tip.as_str());
    let trusted = new
        .refs
        .iter()
        .filter(|one| one.trusted && one.new_count > 0);
    let commits: Vec<&str> = base.chain(trusted.map(|one| one.commit.as_str())).collect();
    if let (false, Some(git)) = (commits.is_empty(), Git::open(&workspace.root)?) {
        for commit in commits {
            for file in new_migrations::shared_models_at(&git, commit)? {
                let elsewhere = file.source;
                let here = models
                    .iter_mut()
                    .find(|model| *model.path() == *elsewhere.path);
                if let Some(here) = here {
                    here.heed(&elsewhere);
                }
            }
        }
    }
    Ok(models)
}

fn listed(new: &NewMigrations) -> Vec<NewMigration> {
    let of = |one: &new_migrations::NewSeries| {
        let on = one.origin.branch(new).map(str::to_owned);
        let series = one.series.name();
        (one.new.iter().cloned())
            .map(move |migration| NewMigration {
                series: series.clone(),
                migration,
                on: on.clone(),
            })
            .collect::<Vec<_>>()
    };
    new.series.iter().flat_map(of).collect()
}

fn compared(new: &NewMigrations) -> Vec<ComparedRef> {
    let base = new.base.iter().map(|base| ComparedRef {
        name: base.name.clone(),
        commit: base.tip.clone(),
        role: "base",
        trusted: true,
    });
    let against = new.refs.iter().map(|one| ComparedRef {
        name: one.name.clone(),
        commit: one.commit.clone(),
        role: "against",
        trusted: one.trusted,
    });
    base.chain(against).collect()
}

/// How many shared tables the working tree's new migrations touch.
fn shared_tables(scripts: &[NewScripts<'_>], landscape: &Landscape, models: &[Model]) -> usize {
    let mut touched = BTreeSet::new();
    for one in scripts
        .iter()
        .filter(|one| one.series.origin == Origin::Here)
    {
        for name in one
            .effects
            .iter()
            .filter_map(|effect| effect.object.relation())
        {
            let place = landscape.place(&one.place);
            if let Standing::Shared(model) = ownership::standing(name, &one.place, place, models) {
                touched.insert(model.path());
            }
        }
    }
    touched.len()
}
