//! Attributes of one object that both set.

use super::action::{both_set, is_set, set};
use crate::effect::{Attribute, Effect};

pub(crate) fn same_attribute(one: &Effect, other: &Effect) -> bool {
    both_set(one, other, |(a, _), (b, _)| a == b)
}

/// The same attribute, and the same value.
pub(crate) fn same_value(one: &Effect, other: &Effect) -> bool {
    both_set(one, other, |a, b| a == b)
}

/// What cannot be done twice.
pub(crate) fn same_value_twice(one: &Effect, other: &Effect) -> bool {
    let member = |value: &str| value.starts_with("add ") || value.starts_with("drop ");
    same_value(one, other)
        && (matches!(set(one), Some((Attribute::Members, value)) if member(value))
            || matches!(
                set(one),
                Some((
                    Attribute::Identity | Attribute::Parent(_) | Attribute::Generated,
                    _
                ))
            ))
}

/// Different attributes of one object that depend on each other.
pub(crate) fn entangled(one: &Effect, other: &Effect) -> bool {
    use Attribute as A;
    both_set(one, other, |(a, _), (b, _)| {
        sequence_bounds(a, b)
            || matches!(
                (a, b),
                (
                    A::Type,
                    A::Default
                        | A::Generated
                        | A::Identity
                        | A::Storage
                        | A::Compression
                        | A::Statistics
                        | A::Option(_)
                ) | (A::Identity, A::Nullability | A::Default)
                    | (A::Generated, A::Default | A::Identity)
                    | (A::Owner, A::Privilege { .. })
                    | (
                        A::Parent(_),
                        A::Parent(_)
                            | A::Persistence
                            | A::AccessMethod
                            | A::Tablespace
                            | A::Option(_)
                            | A::ReplicaIdentity
                    )
                    | (A::Position, A::Option(_))
                    | (A::Validated, A::Deferrability)
            )
    })
}

/// A sequence must start within its bounds, and those within its type.
fn sequence_bounds(a: &Attribute, b: &Attribute) -> bool {
    let bound = |attribute: &Attribute| {
        matches!(attribute, Attribute::Option(name)
            if ["as", "increment", "maxvalue", "minvalue", "start"].contains(&name.as_str()))
    };
    bound(a) && bound(b)
}

/// Both say which rows go to which partition.
pub(crate) fn bounds(one: &Effect, other: &Effect) -> bool {
    same_attribute(one, other) && is_set(one, &Attribute::Option("partitions".to_owned()))
}

/// One takes a number, the other says which is next.
pub(crate) fn one_next(one: &Effect, other: &Effect) -> bool {
    let next = |value: &str| value == "nextval";
    both_set(one, other, |(a, value), (b, others)| {
        a == b && *a == Attribute::Position && next(value) != next(others)
    })
}

/// Both take the next number of a sequence.
pub(crate) fn both_next(one: &Effect, other: &Effect) -> bool {
    let next = |effect| matches!(set(effect), Some((Attribute::Position, "nextval")));
    next(one) && next(other)
}

/// Both change what an extension, a publication … consists of.
pub(crate) fn members(one: &Effect, other: &Effect) -> bool {
    same_attribute(one, other) && is_set(one, &Attribute::Members)
}

/// Both add a member, and not the same one.
pub(crate) fn members_apart(one: &Effect, other: &Effect) -> bool {
    members(one, other)
        && !same_value(one, other)
        && both_set(one, other, |(_, a), (_, b)| {
            a.starts_with("add ") && b.starts_with("add ")
        })
}

/// Both set one privilege of one grantee, and one of them revokes it.
pub(crate) fn same_privilege_revoked(one: &Effect, other: &Effect) -> bool {
    both_set(one, other, |(a, value), (b, other)| {
        a == b
            && matches!(a, Attribute::Privilege { .. })
            && (value.contains("revoked") || other.contains("revoked"))
    })
}
