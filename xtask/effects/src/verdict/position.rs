//! How two objects lie to each other.

use crate::effect::{Object, Part};

/// How the object of one effect lies to that of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verdict) enum Position {
    /// They may be the same.
    Same,
    /// The other is a part of this relation.
    Holds,
    /// Both are parts of one relation, and not the same.
    Beside,
    /// The other lies in this schema.
    Contains,
    /// They are of different kinds, and one may depend on the other: a role and what it may do, an extension and its types.
    Related,
}

/// How `one` lies to `other`, looked at from `one`; none if they have nothing to do with each other, or only the other way round.
pub(super) fn position(one: &Object, other: &Object) -> Option<Position> {
    use Object::{Other, Part as APart, Relation, Routine, Schema, Type};
    match (one, other) {
        (Relation(a), Relation(b)) | (Type(a), Type(b)) | (Routine(a), Routine(b)) => {
            a.may_be(b).then_some(Position::Same)
        }
        (Schema(a), Schema(b)) => (a == b).then_some(Position::Same),
        (Other { kind, name }, Other { kind: k, name: n }) => {
            (kind == k && (name == n || name.may_be(n))).then_some(Position::Same)
        }
        (Relation(a), APart(b, _)) => a.may_be(b).then_some(Position::Holds),
        (APart(a, part), APart(b, other)) if a.may_be(b) => Some(match (part, other) {
            (Part::Rows, Part::Rows) => Position::Same,
            (a, b) if a == b => Position::Same,
            _ => Position::Beside,
        }),
        (Schema(schema), other) => in_schema(schema, other).then_some(Position::Contains),
        // A table's row type and a type of its own share their names.
        (Relation(a), Type(b)) => a.may_be(b).then_some(Position::Related),
        (Other { kind, .. }, Relation(_) | APart(..) | Type(_) | Routine(_) | Schema(_))
            if kind == "role" =>
        {
            Some(Position::Related)
        }
        (Other { kind, .. }, Type(_) | Routine(_)) if kind == "extension" => {
            Some(Position::Related)
        }
        _ => None,
    }
}

fn in_schema(schema: &str, object: &Object) -> bool {
    match object {
        Object::Relation(name)
        | Object::Part(name, _)
        | Object::Type(name)
        | Object::Routine(name)
        | Object::Other { name, .. } => name.schemas.iter().any(|one| one == schema),
        Object::Schema(_) | Object::Anything => false,
    }
}
