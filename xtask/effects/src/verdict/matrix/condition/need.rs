//! What is needed of an object.

use super::action::{is_set, needs, set, sets_one_of};
use crate::definition;
use crate::effect::{Action, Attribute, Effect, Need, Object, Part};

/// A need that ends with the statement: a column or a constraint that a query or a data change names.
pub(crate) fn passing_need(_: &Effect, other: &Effect) -> bool {
    needs(other, &[Need::Existence, Need::Default])
        && matches!(
            other.object,
            Object::Part(_, Part::Column(_) | Part::Constraint(_))
        )
}

/// The type changes, and `other` keeps it from changing.
pub(crate) fn fixed_type(one: &Effect, other: &Effect) -> bool {
    is_set(one, &Attribute::Type) && needs(other, &[Need::Type])
}

/// The type changes, and what `other` makes follows it.
pub(crate) fn followed_type(one: &Effect, other: &Effect) -> bool {
    is_set(one, &Attribute::Type) && needs(other, &[Need::Operators])
}

/// An attribute changes that `other` copies.
pub(crate) fn copied_attribute(one: &Effect, other: &Effect) -> bool {
    set(one).is_some() && needs(other, &[Need::Definition])
}

/// `other` uses the default, and `one` changes it.
pub(crate) fn needed_default(one: &Effect, other: &Effect) -> bool {
    needs(other, &[Need::Default])
        && sets_one_of(one, |attribute| {
            matches!(
                attribute,
                Attribute::Default | Attribute::Identity | Attribute::Generated
            )
        })
}

/// `other` needs a key, and `one` changes what makes it fit.
pub(crate) fn needed_key(one: &Effect, other: &Effect) -> bool {
    needs(other, &[Need::Key])
        && sets_one_of(one, |attribute| {
            matches!(
                attribute,
                Attribute::Persistence | Attribute::Parent(_) | Attribute::Deferrability
            )
        })
}

/// `one` depends on the set of the relation's columns.
pub(crate) fn needs_columns(one: &Effect, _: &Effect) -> bool {
    needs(one, &[Need::Columns, Need::Definition, Need::Type])
}

pub(crate) fn needs_columns_and_type(one: &Effect, other: &Effect) -> bool {
    needs_columns(one, other) && is_set(other, &Attribute::Type)
}

/// `one` copies the relation's definition, and `other` changes a part that is copied: no policy, no rule, no privilege.
pub(crate) fn needs_definition(one: &Effect, other: &Effect) -> bool {
    needs(one, &[Need::Definition])
        && !matches!(
            other.object,
            Object::Part(_, Part::Policy(_) | Part::Rule(_))
        )
        && !sets_one_of(other, |attribute| {
            matches!(attribute, Attribute::Privilege { .. })
        })
}

pub(crate) fn needs_key(one: &Effect, _: &Effect) -> bool {
    needs(one, &[Need::Key])
}

pub(crate) fn needs_primary_key(one: &Effect, _: &Effect) -> bool {
    needs(one, &[Need::PrimaryKey])
}

pub(crate) fn needs_primary_key_of_type(one: &Effect, other: &Effect) -> bool {
    needs_primary_key(one, other) && is_set(other, &Attribute::Type)
}

pub(crate) fn key_deferrability(one: &Effect, other: &Effect) -> bool {
    needs_key(one, other) && is_set(other, &Attribute::Deferrability)
}

/// A constraint or an index that is, or may be, a key, comes or goes.
pub(crate) fn key_changes(one: &Effect, other: &Effect) -> bool {
    needs_key(one, other)
        && match &other.action {
            Action::Create { definition, .. } => definition::is_key(definition),
            Action::Drop { .. } => true,
            _ => false,
        }
}
