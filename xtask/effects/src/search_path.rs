//! `SET search_path`: where names without a schema are looked for, from here on.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::reader::Reader;

/// `SET search_path …` and `SET SCHEMA …`; false if it is about something else.
pub(crate) fn set(reader: &mut Reader, set: &ast::Set) -> bool {
    match set.set_target() {
        Some(ast::SetTarget::SetConfig(config)) => {
            let name = config.config_parameter_ref();
            let own = name.is_some_and(|name| is_named(&name.syntax().text().to_string()));
            if own {
                assign(reader, config.syntax());
            }
            own
        }
        Some(ast::SetTarget::SetSchemaValue(schema)) => {
            let literal = schema.literal();
            match literal.and_then(|literal| literal.string_value()) {
                Some(name) => put(reader, [name], set.syntax()),
                None => reader.unknown(set.syntax(), "the schema has no name"),
            }
            true
        }
        _ => false,
    }
}

/// `RESET search_path` and `RESET ALL`: back to what the file began with; false if it is about something else.
pub(crate) fn reset(reader: &mut Reader, reset: &ast::Reset) -> bool {
    let own = match reset.reset_target() {
        Some(ast::ResetTarget::All(_)) => true,
        Some(ast::ResetTarget::ConfigParameterRef(name)) => {
            is_named(&name.syntax().text().to_string())
        }
        _ => false,
    };
    if own {
        reader.search_path = reader.first_search_path.clone();
    }
    own
}

/// The search path that a routine sets for its own body.
pub(crate) fn assign(reader: &mut Reader, assignment: &SyntaxNode) {
    let mut values = Vec::new();
    for value in assignment.descendants() {
        match value.kind() {
            SyntaxKind::LITERAL => {
                let literal = ast::Literal::cast(value);
                values.extend(literal.and_then(|literal| literal.string_value()));
            }
            SyntaxKind::CONFIG_VALUE_NAME => values.push(ast::normalize_name_node(&value)),
            SyntaxKind::FROM_CURRENT => return,
            _ => {}
        }
    }
    let default =
        (assignment.descendants_with_tokens()).any(|part| part.kind() == SyntaxKind::DEFAULT_KW);
    if default {
        reader.search_path = reader.first_search_path.clone();
    } else {
        put(reader, values, assignment);
    }
}

/// The value of `set_config('search_path', …)`: names separated by commas.
pub(crate) fn set_text(reader: &mut Reader, value: &str, node: &SyntaxNode) {
    let parts = value.split(',').map(str::trim).map(|part| {
        match part
            .strip_prefix('"')
            .and_then(|part| part.strip_suffix('"'))
        {
            Some(quoted) => quoted.replace("\"\"", "\""),
            None => part.to_lowercase(),
        }
    });
    put(reader, parts, node);
}

/// Whether a setting's name is the search path's.
pub(crate) fn is_named(setting: &str) -> bool {
    setting
        .trim()
        .trim_matches('"')
        .eq_ignore_ascii_case("search_path")
}

/// Keeps the schemas that can hold what migrations make. The user's own is not one, unless there is no other.
fn put(reader: &mut Reader, parts: impl IntoIterator<Item = String>, node: &SyntaxNode) {
    const USER: &str = "$user";
    let mut path: Vec<String> = (parts.into_iter())
        .filter(|part| !part.is_empty() && part != "pg_temp")
        .collect();
    let user = path.iter().any(|part| part == USER);
    path.retain(|part| part != USER);
    if user && path.is_empty() {
        reader.unknown(
            node,
            "names are looked for in the schema of whoever runs it",
        );
    }
    reader.search_path = path;
}
