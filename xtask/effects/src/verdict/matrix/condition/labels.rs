//! The labels of an enum.

use super::action::{is_set, set};
use super::set::{same_attribute, same_value};
use crate::effect::{Attribute, Effect};

/// Both change the labels.
pub(crate) fn labels(one: &Effect, other: &Effect) -> bool {
    same_attribute(one, other) && is_set(one, &Attribute::Labels)
}

/// Both add the same label in the same place with IF NOT EXISTS.
pub(crate) fn labels_alike(one: &Effect, other: &Effect) -> bool {
    labels(one, other)
        && same_value(one, other)
        && set(one).is_some_and(|(_, value)| value.contains("if not exists"))
}

/// One label gets twice what it can get once: it is added, or renamed.
pub(crate) fn one_label(one: &Effect, other: &Effect) -> bool {
    let changed = |effect| {
        let (_, value) = set(effect)?;
        let mut words = value.splitn(3, '\'');
        let change = words.next()?.trim_end();
        (matches!(change, "add" | "rename"))
            .then_some((change.to_owned(), words.next()?.to_owned()))
    };
    labels(one, other)
        && changed(one)
            .zip(changed(other))
            .is_some_and(|(a, b)| a == b)
}

/// `one` renames a label.
pub(crate) fn renamed_labels(one: &Effect, _: &Effect) -> bool {
    matches!(set(one), Some((Attribute::Labels, value)) if value.starts_with("rename"))
}
