//! What a part of a relation is like, next to the rows or to another part.

use super::action::made;
use crate::definition;
use crate::effect::{Action, Attribute, Effect, Object, Part};

pub(crate) fn not_a_column(_: &Effect, other: &Effect) -> bool {
    !matches!(other.object, Object::Part(_, Part::Column(_)))
}

/// Something that is there already, and may be built on a column that goes.
pub(crate) fn existing_structure(one: &Effect, other: &Effect) -> bool {
    made(other).is_none() && not_a_column(one, other)
}

/// A new column that takes no NULL and offers nothing else.
pub(crate) fn not_null_without_default(_: &Effect, column: &Effect) -> bool {
    made(column).is_some_and(|made| {
        definition::is_not_null(made.definition) && !definition::has_default(made.definition)
    })
}

/// A new column whose default may differ from row to row, or from day to day.
pub(crate) fn computed_default(_: &Effect, column: &Effect) -> bool {
    made(column).is_some_and(|made| {
        definition::has_default(made.definition)
            && !definition::has_constant_default(made.definition)
    })
}

/// A constraint that rows must pass when it is made: they are read then.
pub(crate) fn checks_rows_there(_: &Effect, constraint: &Effect) -> bool {
    made(constraint).is_some_and(|made| !definition::is_not_valid(made.definition))
}

/// What a unique index of columns asks of rows, it reads when it is made.
pub(crate) fn computed_index(_: &Effect, index: &Effect) -> bool {
    made(index).is_some_and(|made| definition::computes(made.definition))
}

/// The policy comes, goes, or says something else.
pub(crate) fn policy_about_rows(_: &Effect, policy: &Effect) -> bool {
    match &policy.action {
        Action::Create { .. } | Action::Drop { .. } => true,
        Action::Set { attribute, .. } => *attribute == Attribute::Policy,
        _ => false,
    }
}
