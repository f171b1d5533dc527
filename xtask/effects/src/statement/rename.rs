//! RENAME TO and SET SCHEMA: one name goes, another comes.

use squawk_syntax::SyntaxNode;

use crate::effect::{Action, Object};
use crate::reader::Reader;

/// `old` is called `new` from now on.
pub(super) fn rename(
    reader: &mut Reader,
    (old, old_node): (Object, &SyntaxNode),
    (new, new_node): (Object, &SyntaxNode),
    (from, to): (&str, &str),
) {
    let to = to.to_owned();
    reader.emit(old, Action::Rename { to }, old_node);
    reader.emit(new, created(from), new_node);
}

/// `old` lies in another schema from now on, as `new`.
pub(super) fn shift(
    reader: &mut Reader,
    (old, old_node): (Object, &SyntaxNode),
    (new, new_node): (Object, &SyntaxNode),
    (from, to): (&str, &str),
) {
    let to = to.to_owned();
    reader.emit(old, Action::Move { to }, old_node);
    reader.emit(new, appeared(format!("moved from {from}")), new_node);
}

/// What happens to the new name of something that was called `old`.
pub(super) fn created(old: &str) -> Action {
    appeared(format!("renamed from {old}"))
}

fn appeared(definition: String) -> Action {
    Action::Create {
        definition,
        tolerant: false,
        replace: false,
        unnamed: false,
    }
}
