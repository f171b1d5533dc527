//! Access methods and tablespaces: where and how a relation is stored.

use squawk_syntax::ast::{self, AstNode};

use crate::effect::{Action, Attribute, Need, Object};
use crate::name::Name;
use crate::reader::{Reader, text};

/// The access methods that every database has.
const METHODS: &[&str] = &["heap", "btree", "hash", "gist", "spgist", "gin", "brin"];

/// `USING method`, `SET ACCESS METHOD method`.
pub(super) fn method(reader: &mut Reader, method: Option<ast::AccessMethodRef>) {
    let Some(method) = method else {
        return;
    };
    let Some(name) = text(Some(method.clone())) else {
        return;
    };
    if !METHODS.contains(&name.as_str()) {
        reader.need(
            other("access method", name),
            Need::Existence,
            method.syntax(),
        );
    }
}

/// `TABLESPACE space`.
pub(super) fn tablespace(reader: &mut Reader, space: Option<ast::TablespaceRef>) {
    let Some(space) = space else { return };
    if let Some(name) = text(Some(space.clone())) {
        reader.need(other("tablespace", name), Need::Existence, space.syntax());
    }
}

/// `SET TABLESPACE space`.
pub(super) fn set_tablespace(reader: &mut Reader, object: Object, space: &ast::TablespaceRef) {
    let action = Action::Set {
        attribute: Attribute::Tablespace,
        value: text(Some(space.clone())).unwrap_or_default(),
    };
    reader.emit(object, action, space.syntax());
    tablespace(reader, Some(space.clone()));
}

/// Something that lies in no schema.
pub(super) fn other(kind: &str, name: String) -> Object {
    Object::Other {
        kind: kind.to_owned(),
        name: Name {
            schemas: Vec::new(),
            name,
        },
    }
}
