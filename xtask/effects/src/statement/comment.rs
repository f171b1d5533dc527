//! Comments and security labels, on whatever can have one.

use squawk_syntax::ast::{self, AstNode, normalize_name_node};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::Attribute;
use crate::reader::{Reader, normal};
use crate::statement::{define, object};

/// COMMENT ON.
pub(super) fn comment(reader: &mut Reader, comment: &ast::CommentOn) {
    label(reader, comment.syntax(), Attribute::Comment);
}

/// SECURITY LABEL: each provider has one of its own.
pub(super) fn security_label(reader: &mut Reader, labelled: &ast::SecurityLabel) {
    let provider = define::child(labelled.syntax(), Kind::FOR_PROVIDER)
        .and_then(|clause| clause.first_child())
        .map(|name| match ast::Literal::cast(name.clone()) {
            Some(literal) => text(&literal),
            None => normalize_name_node(&name),
        });
    let option = match provider {
        Some(provider) => format!("security label of {provider}"),
        None => "security label".to_owned(),
    };
    label(reader, labelled.syntax(), Attribute::Option(option));
}

fn label(reader: &mut Reader, statement: &SyntaxNode, attribute: Attribute) {
    let named = (statement.children())
        .find(|child| child.kind() != Kind::FOR_PROVIDER)
        .and_then(|on| object::first(reader, &on));
    let Some((object, name)) = named else {
        return reader.unknown(statement, "no rule says what this is a remark on");
    };
    let literal = statement.children().find_map(ast::Literal::cast);
    // An empty remark is none, as `IS NULL` is.
    let value = (literal.map(|literal| text(&literal)))
        .filter(|text| !text.is_empty())
        .map_or("none".to_owned(), |text| format!("'{text}'"));
    define::set(reader, &object, attribute, value, &object::shown(&name));
}

fn text(literal: &ast::Literal) -> String {
    literal
        .string_value()
        .unwrap_or_else(|| normal(literal.syntax()))
}
