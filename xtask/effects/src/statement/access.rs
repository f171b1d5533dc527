//! Access methods and tablespaces: where and how a relation is stored.

use squawk_syntax::ast::{self, AstNode};

use crate::effect::{Action, Attribute, Need, Object};
use crate::reader::{Reader, text};
use crate::statement::object::global;

/// The access methods that every database has.
const METHODS: &[&str] = &["heap", "btree", "hash", "gist", "spgist", "gin", "brin"];

/// `USING method … TABLESPACE space` of something that is made.
pub(super) fn storage(
    reader: &mut Reader,
    using: Option<ast::UsingMethod>,
    space: Option<ast::TablespaceClause>,
) {
    method(reader, using.and_then(|using| using.access_method_ref()));
    tablespace(reader, space.and_then(|clause| clause.tablespace_ref()));
}

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
            Object::other("access method", global(name)),
            Need::Existence,
            method.syntax(),
        );
    }
}

/// `TABLESPACE space`.
fn tablespace(reader: &mut Reader, space: Option<ast::TablespaceRef>) {
    let Some(space) = space else { return };
    if let Some(name) = text(Some(space.clone())) {
        reader.need(
            Object::other("tablespace", global(name)),
            Need::Existence,
            space.syntax(),
        );
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
