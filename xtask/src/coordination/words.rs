//! Effects and migrations as findings call them.

use migrations_common::Place;
use migrations_effects::{Action, Effect, Object, Part, RowChange};

use super::landscape::NewScripts;

/// `app1/core/V16`: the migration that has the effect `index`.
pub(super) fn label(scripts: &NewScripts<'_>, index: usize) -> String {
    let version = scripts
        .migration(index)
        .map_or(0, |migration| migration.version);
    format!("{}/V{version}", scripts.series.series.name())
}

/// Where the effect `index` stands, with what it does beside the caret.
pub(super) fn place_of_effect(scripts: &NewScripts<'_>, index: usize) -> Place {
    match scripts.migration(index).zip(scripts.effects.get(index)) {
        Some((migration, effect)) => {
            (migration.source.place(effect.span.clone())).labelled(deed(effect))
        }
        None => Place::file(&*scripts.series.series.directory),
    }
}

/// What an effect does: ``renames `users.name` ``.
pub(super) fn deed(effect: &Effect) -> String {
    if let (Object::Part(relation, Part::Rows), Action::Write { change, .. }) =
        (&effect.object, &effect.action)
    {
        return match change {
            RowChange::Insert => format!("adds rows to `{relation}`"),
            RowChange::Update => format!("updates rows of `{relation}`"),
            RowChange::Delete => format!("deletes rows of `{relation}`"),
            RowChange::Truncate => format!("empties `{relation}`"),
        };
    }
    let object = effect.object.quoted();
    let verb = match &effect.action {
        Action::Create { replace: true, .. } => "makes or replaces",
        Action::Create { .. } => match effect.object {
            Object::Part(..) => "adds",
            _ => "makes",
        },
        Action::Drop { .. } => "drops",
        Action::Rename { .. } => "renames",
        Action::Move { .. } => "moves",
        Action::Set { attribute, .. } => return format!("changes the {attribute} of {object}"),
        Action::Need(_) => "uses",
        Action::Read { .. } => "reads",
        Action::Write { .. } => "writes",
        Action::Call => "calls",
        Action::Unknown { .. } => "does",
    };
    format!("{verb} {object}")
}
