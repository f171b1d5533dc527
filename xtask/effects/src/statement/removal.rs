//! DROP, with and without CASCADE.

use squawk_syntax::ast::{self, AstNode};

use crate::effect::Action;
use crate::reader::Reader;

/// What happens to each object that is dropped; `tolerant` is IF EXISTS.
pub(super) fn action(tolerant: bool, behavior: Option<&ast::DropBehavior>) -> Action {
    Action::Drop {
        tolerant,
        cascade: matches!(behavior, Some(ast::DropBehavior::Cascade(_))),
    }
}

/// What happens to others.
pub(super) fn others(reader: &mut Reader, behavior: Option<&ast::DropBehavior>) {
    if let Some(ast::DropBehavior::Cascade(cascade)) = behavior {
        reader.unknown(cascade.syntax(), "CASCADE drops whatever depends on it");
    }
}
