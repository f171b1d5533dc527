//! Who may change what: shared tables belong to their owner, private ones to the app that makes them.

use std::collections::BTreeMap;

use migrations_common::cli::report::Finding;
use migrations_common::problem::{Problem, unknown_name};
use migrations_effects::{Action, Certainty, Effect, Name, Object, Part};

use super::landscape::{NewScripts, Place};
use super::models::Model;
use super::words::{deed, label, place_of_effect};
use crate::new_migrations::Origin;
use crate::workspace::Workspace;

/// Schemas that belong to PostgreSQL.
const SYSTEM_SCHEMAS: [&str; 2] = ["pg_catalog", "information_schema"];

/// What an object is to the apps.
pub(super) enum Standing<'m> {
    /// It stands in a file of `shared-models`.
    Shared(&'m Model),
    /// This app's migrations make it.
    Private(String),
    /// No migration makes it.
    Unknown,
}

/// What `name` is to the apps that meet in `place`.
pub(super) fn standing<'m>(
    name: &Name,
    place_name: &str,
    place: Option<&Place>,
    models: &'m [Model],
) -> Standing<'m> {
    let mut shared = models.iter().filter(|model| model.database == place_name);
    if let Some(model) = shared.find(|model| model.defines(name)) {
        return Standing::Shared(model);
    }
    match place.and_then(|place| place.makers(name).first()) {
        Some(maker) => Standing::Private(maker.clone()),
        None => Standing::Unknown,
    }
}

/// A file of shared definitions that no app answers for.
pub(super) fn without_owner(model: &Model, workspace: &Workspace) -> Option<Finding> {
    let apps = || workspace.apps.iter().map(|app| app.name.as_str());
    let message = match &model.owner {
        None => format!("{} has no owner", model.path()),
        Some(owner) if !apps().any(|app| app == owner) && workspace.broken.is_empty() => {
            format!("{}: {}", model.path(), unknown_name("app", owner, apps()))
        }
        Some(_) => return None,
    };
    let problem = Problem::verification("no-owner", message)
        .at(model.source.place(0..0))
        .help("name the app that decides about the table in the first line:\n-- owner: app1");
    Some(model.finding(problem))
}

/// What the migrations of the working tree do that is not theirs to do.
pub(super) fn findings(
    scripts: &NewScripts<'_>,
    place: Option<&Place>,
    models: &[Model],
) -> Vec<Finding> {
    if scripts.series.origin != Origin::Here {
        return Vec::new();
    }
    let app = &scripts.series.series.app;
    let mut touched: BTreeMap<&Name, Vec<usize>> = BTreeMap::new();
    for (index, effect) in scripts.effects.iter().enumerate() {
        if let Some(name) = owned(effect).filter(|_| is_written(scripts, index)) {
            touched.entry(name).or_default().push(index);
        }
    }
    let mut found = Vec::new();
    for (name, indexes) in touched {
        match standing(name, &scripts.place, place, models) {
            Standing::Shared(model) if !model.is_owned_by(app) => {
                found.extend(not_owner(scripts, name, model, &indexes));
            }
            Standing::Private(maker) if maker != *app => {
                found.extend(foreign(scripts, name, &maker, place, &indexes));
            }
            Standing::Unknown => found.extend(unknown(scripts, name, &indexes)),
            Standing::Shared(_) | Standing::Private(_) => {}
        }
    }
    found
}

/// The name of what an effect is done to, if it can belong to an app.
fn owned(effect: &Effect) -> Option<&Name> {
    let (Object::Relation(name)
    | Object::Part(name, _)
    | Object::Type(name)
    | Object::Routine(name)) = &effect.object
    else {
        return None;
    };
    let system = |schema: &String| SYSTEM_SCHEMAS.contains(&schema.as_str());
    (!name.schemas.iter().all(system)).then_some(name)
}

/// Whether the effect `index` is what stands in the text, rather than what that leads to: who updates its own table does not
/// reach for another's that refers to it. What is done to an index is done to its table.
fn is_written(scripts: &NewScripts<'_>, index: usize) -> bool {
    let Some(effect) = scripts.effects.get(index) else {
        return false;
    };
    let here = |other: &&Effect| other.span == effect.span && other.statement == effect.statement;
    let after = scripts.effects.iter().skip(index).take_while(here);
    let before = scripts.effects.iter().take(index).rev().take_while(here);
    let is_index = |table: &Effect| match (&effect.object, &table.object) {
        (Object::Relation(name), Object::Part(_, Part::Index(index))) => name.name == *index,
        _ => false,
    };
    let leads = |from: &Effect| {
        from.object.name() != effect.object.name()
            && match (&from.object, &from.action) {
                (Object::Part(_, Part::Rows), _) | (Object::Routine(_), Action::Call) => true,
                // A sequence numbers the rows of a table; a type's labels stand in them.
                (Object::Relation(_) | Object::Type(_), _) => {
                    matches!(effect.object, Object::Part(_, Part::Rows))
                }
                _ => false,
            }
    };
    !after.into_iter().any(is_index) && !before.into_iter().any(leads)
}

/// Whether an effect changes its object, rather than refers to it.
pub(super) fn is_change(effect: &Effect) -> bool {
    effect.certainty != Certainty::Late
        && !effect.is_reference()
        && !matches!(effect.action, Action::Unknown { .. })
}

fn not_owner(
    scripts: &NewScripts<'_>,
    name: &Name,
    model: &Model,
    indexes: &[usize],
) -> Option<Finding> {
    let agreed = |index: &&usize| !model.agrees_to(&[label(scripts, **index)]);
    let mut changes = (indexes.iter())
        .filter(|index| scripts.effects.get(**index).is_some_and(is_change))
        .filter(agreed);
    let first = *changes.next()?;
    let mut migrations = vec![label(scripts, first)];
    migrations.extend(changes.map(|index| label(scripts, *index)));
    migrations.dedup();
    let app = &scripts.series.series.app;
    let owner = model.owner.as_deref().unwrap_or("nobody");
    let mut problem = Problem::verification(
        "not-owner",
        format!("{app} changes `{name}`, which {owner} owns"),
    )
    .at(place_of_effect(scripts, first))
    .note(model.ownership(&format!("`{name}`")));
    if let Some((_, others @ [_, ..])) = migrations.split_first() {
        problem = problem.note(format!("so does {}", others.join(", ")));
    }
    let problem = problem
        .help(format!("move the change to a migration of {owner}"))
        .help(format!(
            "or, agreed with {owner}, in {}:\n-- agreed: {} because …",
            model.path(),
            migrations.join(", ")
        ));
    Some(
        Finding::error(problem)
            .of(app, &scripts.place)
            .about(name.to_string())
            .with(owner),
    )
}

fn foreign(
    scripts: &NewScripts<'_>,
    name: &Name,
    maker: &str,
    place: Option<&Place>,
    indexes: &[usize],
) -> Option<Finding> {
    let first = (indexes.iter().copied())
        .find(|index| scripts.effects.get(*index).is_some_and(is_change))
        .or_else(|| indexes.first().copied())?;
    let effect = scripts.effects.get(first)?;
    // Who makes what is there already has a clash of names, not a share in it.
    if matches!(
        effect.action,
        Action::Create {
            tolerant: false,
            ..
        }
    ) && is_whole(effect)
    {
        return None;
    }
    let app = &scripts.series.series.app;
    let mut problem = Problem::verification(
        "foreign-private-table",
        format!("{app} {}, and `{name}` is private to {maker}", deed(effect)),
    )
    .at(place_of_effect(scripts, first));
    let makers = place.map(|place| place.makers(name)).unwrap_or_default();
    if makers.len() > 1 {
        problem = problem.note(format!(
            "migrations of {} make it: it is shared in fact",
            makers.join(" and of ")
        ));
    }
    let problem = problem.help(match &scripts.series.series.config.shared {
        Some(shared) => format!(
            "if both need it, define it in shared-models/{shared}/{}.sql, under the line\n-- owner: {maker}",
            name.name
        ),
        None => format!("leave `{name}` to {maker}"),
    });
    Some(
        Finding::error(problem)
            .of(app, &scripts.place)
            .about(name.to_string())
            .with(maker),
    )
}

fn is_whole(effect: &Effect) -> bool {
    !matches!(effect.object, Object::Part(..))
}

fn unknown(scripts: &NewScripts<'_>, name: &Name, indexes: &[usize]) -> Option<Finding> {
    // A type's name may be that of a table's rows, or of anything that an extension brings.
    let is_type = |effect: &Effect| {
        let all = indexes.iter().filter_map(|at| scripts.effects.get(*at));
        let mut same = all.filter(|other| other.span == effect.span);
        same.any(|other| matches!(other.object, Object::Type(_)))
    };
    let tables = |index: &&usize| {
        scripts.effects.get(**index).is_some_and(|effect| {
            effect.object.relation().is_some()
                && !is_type(effect)
                && effect.certainty != Certainty::Late
                && !matches!(effect.action, Action::Drop { tolerant: true, .. })
        })
    };
    let first = *indexes.iter().find(tables)?;
    let app = &scripts.series.series.app;
    let problem = Problem::verification(
        "unknown-table",
        format!("{app} touches `{name}`, which no app's migrations make"),
    )
    .at(place_of_effect(scripts, first))
    .note("nobody can tell who else changes a table that was made outside of migrations")
    .help("make it in a migration (`create table if not exists`), or correct the name");
    Some(
        Finding::error(problem)
            .as_warning()
            .of(app, &scripts.place)
            .about(name.to_string()),
    )
}
