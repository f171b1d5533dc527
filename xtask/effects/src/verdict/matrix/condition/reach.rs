//! What reaches further than its own object: a schema's privileges and owner, a role, an extension.

use super::action::sets_one_of;
use super::attribute::owner;
use crate::effect::{Attribute, Effect, Object};

/// [`owner`], as the document calls it where the object is a schema.
pub(crate) fn owner_of_schema(one: &Effect, other: &Effect) -> bool {
    owner(one, other)
}

/// A privilege on all that is in a schema, or that will be: its name has more than one word.
pub(crate) fn privilege_of_all(one: &Effect, _: &Effect) -> bool {
    sets_one_of(one, |attribute| match attribute {
        Attribute::Privilege { privilege, .. } => privilege.contains(' '),
        _ => false,
    })
}

pub(crate) fn privileges(one: &Effect, other: &Effect) -> bool {
    privilege_of_all(one, other)
        && sets_one_of(other, |attribute| {
            matches!(attribute, Attribute::Privilege { .. })
        })
}

/// `other` sets a privilege of `role`, or an owner, which may be `role`.
pub(crate) fn role_granted(role: &Effect, other: &Effect) -> bool {
    let Object::Other { kind, name } = &role.object else {
        return false;
    };
    kind == "role"
        && sets_one_of(other, |attribute| match attribute {
            Attribute::Privilege { grantee, .. } => *grantee == name.name,
            Attribute::Owner => true,
            _ => false,
        })
}

pub(crate) fn extension(one: &Effect, _: &Effect) -> bool {
    matches!(&one.object, Object::Other { kind, .. } if kind == "extension")
}
