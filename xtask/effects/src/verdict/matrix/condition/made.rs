//! What is made or dropped, and how.

use super::action::{both_made, drops_tolerantly, made, needs, sets_what_is_kept};
use crate::definition;
use crate::effect::{Effect, Need};
use crate::statement::signature;

/// Both are made by the same definition.
pub(crate) fn alike(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| a.definition == b.definition)
}

pub(crate) fn alike_and_tolerant(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| {
        a.tolerant && b.tolerant && a.definition == b.definition
    })
}

/// Alike, and only `other` says IF NOT EXISTS.
pub(crate) fn alike_and_second_tolerant(one: &Effect, other: &Effect) -> bool {
    // Their texts differ in IF NOT EXISTS itself.
    let bare = |definition: &str| definition.replace("if not exists ", "");
    both_made(one, other, |a, b| {
        !a.tolerant && b.tolerant && bare(a.definition) == bare(b.definition)
    })
}

/// Alike, and both say OR REPLACE.
pub(crate) fn alike_and_replaced(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| {
        a.replace && b.replace && a.definition == b.definition
    })
}

pub(crate) fn alike_and_unnamed(one: &Effect, other: &Effect) -> bool {
    both_unnamed(one, other) && alike(one, other)
}

/// PostgreSQL chooses both names.
pub(crate) fn both_unnamed(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| a.unnamed && b.unnamed)
}

/// PostgreSQL chooses the name of what `one` makes; that of what `other` makes is written.
pub(crate) fn first_unnamed(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| a.unnamed && !b.unnamed)
}

/// Two routines of one name that take different arguments: two objects.
pub(crate) fn other_arguments(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| {
        let signatures = signature(a.definition).zip(signature(b.definition));
        signatures.is_some_and(|(a, b)| a != b)
    })
}

/// Both are, or bring, a primary key.
pub(crate) fn both_primary(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| {
        definition::is_primary_key(a.definition) && definition::is_primary_key(b.definition)
    })
}

/// `one` says OR REPLACE.
pub(crate) fn replaced(one: &Effect, _: &Effect) -> bool {
    made(one).is_some_and(|made| made.replace)
}

pub(crate) fn replaced_and_existence(one: &Effect, other: &Effect) -> bool {
    replaced(one, other) && needs(other, &[Need::Existence])
}

pub(crate) fn replaced_and_kept(one: &Effect, other: &Effect) -> bool {
    replaced(one, other) && sets_what_is_kept(other)
}

/// Both say DROP … IF EXISTS.
pub(crate) fn both_tolerant(one: &Effect, other: &Effect) -> bool {
    drops_tolerantly(one) && drops_tolerantly(other)
}

/// Only `other` says DROP … IF EXISTS.
pub(crate) fn second_tolerant(one: &Effect, other: &Effect) -> bool {
    !drops_tolerantly(one) && drops_tolerantly(other)
}
