//! Rules.

use squawk_syntax::SyntaxKind as Kind;
use squawk_syntax::ast::{self, AstNode};

use crate::effect::Need;
use crate::query;
use crate::reader::Reader;
use crate::statement::{define, object};

/// CREATE RULE. It rewrites statements before they run: what those do then cannot be read from their text.
pub(super) fn create(reader: &mut Reader, create: &ast::CreateRule) {
    let statement = create.syntax();
    let Some((made, name)) = object::first(reader, statement) else {
        return reader.unknown(statement, "the rule has no name or no table");
    };
    define::create_as(reader, made.clone(), &name, statement);
    if let Some(relation) = made.relation() {
        let condition = define::child(statement, Kind::RULE_ON)
            .and_then(|event| define::child(&event, Kind::WHERE_CLAUSE));
        if let Some(condition) = condition {
            query::columns_in(reader, relation, &condition, Need::Type);
        }
    }
    if let Some(action) = define::child(statement, Kind::RULE_DO) {
        reader.unknown(&action, "a rule rewrites what statements on its table do");
    }
}

/// ALTER RULE.
pub(super) fn alter(reader: &mut Reader, alter: &ast::AlterRule) {
    define::alter_plain(reader, alter.syntax());
}
