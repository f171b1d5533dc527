//! What one effect does: the questions that all conditions are made of.

use crate::effect::{Action, Attribute, Columns, Effect, Need, RowChange};

/// [`Action::Create`], taken apart.
pub(super) struct Made<'e> {
    pub(super) definition: &'e str,
    pub(super) tolerant: bool,
    pub(super) replace: bool,
    pub(super) unnamed: bool,
}

/// What the effect makes.
pub(super) fn made(effect: &Effect) -> Option<Made<'_>> {
    match &effect.action {
        Action::Create {
            definition,
            tolerant,
            replace,
            unnamed,
        } => Some(Made {
            definition,
            tolerant: *tolerant,
            replace: *replace,
            unnamed: *unnamed,
        }),
        _ => None,
    }
}

/// Both make something, and this holds of the two.
pub(super) fn both_made(
    one: &Effect,
    other: &Effect,
    hold: impl Fn(&Made<'_>, &Made<'_>) -> bool,
) -> bool {
    made(one)
        .zip(made(other))
        .is_some_and(|(a, b)| hold(&a, &b))
}

/// A drop with IF EXISTS.
pub(super) fn drops_tolerantly(effect: &Effect) -> bool {
    matches!(effect.action, Action::Drop { tolerant: true, .. })
}

/// The attribute that the effect sets, and the value.
pub(super) fn set(effect: &Effect) -> Option<(&Attribute, &str)> {
    match &effect.action {
        Action::Set { attribute, value } => Some((attribute, value)),
        _ => None,
    }
}

/// Both set an attribute, and this holds of the two.
pub(super) fn both_set(
    one: &Effect,
    other: &Effect,
    hold: impl Fn((&Attribute, &str), (&Attribute, &str)) -> bool,
) -> bool {
    set(one).zip(set(other)).is_some_and(|(a, b)| hold(a, b))
}

/// The effect sets this attribute.
pub(super) fn is_set(effect: &Effect, attribute: &Attribute) -> bool {
    set(effect).is_some_and(|(set, _)| set == attribute)
}

/// The effect sets an attribute of which this holds.
pub(super) fn sets_one_of(effect: &Effect, hold: impl Fn(&Attribute) -> bool) -> bool {
    set(effect).is_some_and(|(attribute, _)| hold(attribute))
}

/// The effect sets what CREATE OR REPLACE keeps.
pub(super) fn sets_what_is_kept(effect: &Effect) -> bool {
    matches!(
        set(effect),
        Some((
            Attribute::Comment | Attribute::Privilege { .. } | Attribute::Owner,
            _
        ))
    )
}

/// The effect needs one of these.
pub(super) fn needs(effect: &Effect, among: &[Need]) -> bool {
    matches!(&effect.action, Action::Need(need) if among.contains(need))
}

/// The columns that are read or written.
pub(super) fn columns(effect: &Effect) -> Option<&Columns> {
    match &effect.action {
        Action::Read { columns } | Action::Write { columns, .. } => Some(columns),
        _ => None,
    }
}

/// How the rows change.
pub(super) fn change(effect: &Effect) -> Option<RowChange> {
    match effect.action {
        Action::Write { change, .. } => Some(change),
        _ => None,
    }
}
