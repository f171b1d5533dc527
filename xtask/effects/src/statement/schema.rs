//! Schemas.

use std::iter::successors;

use squawk_syntax::ast::{self, AstNode, normalize_name_node};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode, SyntaxToken};

use crate::effect::Object;
use crate::reader::Reader;
use crate::statement::{self, define, needs};

/// CREATE SCHEMA: what it makes inside lies in the new schema, and finds names there first. Each element is a statement of its own.
pub(super) fn create(reader: &mut Reader, create: &ast::CreateSchema) {
    let statement = create.syntax();
    let Some(name) = create.schema_name() else {
        return reader.unknown(statement, "the schema has no name");
    };
    let schema = normalize_name_node(&name);
    define::create_as(reader, Object::Schema(schema.clone()), &name, statement);
    if let Some(target) = create.create_schema_target() {
        needs::below(reader, target.syntax());
    }
    let outside = reader.search_path.clone();
    reader.search_path.retain(|other| *other != schema);
    reader.search_path.insert(0, schema);
    for element in statement.children().filter_map(ast::Stmt::cast) {
        reader.begin(element.syntax());
        statement::effects(reader, &element);
        // The parser takes what follows for elements too, also behind the semicolon that ends them.
        if is_last(element.syntax()) {
            reader.search_path.clone_from(&outside);
        }
    }
    reader.search_path = outside;
}

/// Whether a semicolon stands at the end of `element`, or right behind it.
fn is_last(element: &SyntaxNode) -> bool {
    let is_blank = |token: &SyntaxToken| matches!(token.kind(), Kind::WHITESPACE | Kind::COMMENT);
    let is_end = |token: SyntaxToken| token.kind() == Kind::SEMICOLON;
    let last = element.last_token();
    let end = successors(last.clone(), SyntaxToken::prev_token).find(|token| !is_blank(token));
    let next = last.and_then(|last| last.next_token());
    let behind = successors(next, SyntaxToken::next_token).find(|token| !is_blank(token));
    end.is_some_and(is_end) || behind.is_some_and(is_end)
}
