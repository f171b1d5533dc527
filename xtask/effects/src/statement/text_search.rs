//! Text search configurations, dictionaries, parsers and templates.

use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::Attribute;
use crate::reader::{Reader, normal};
use crate::statement::define;
use crate::statement::needs::{self, Named};

/// Queries name a configuration in a string, or take the session's.
const USED: &str = "which queries use it for text search is not read";

/// CREATE TEXT SEARCH ….
pub(super) fn create(reader: &mut Reader, statement: &SyntaxNode) {
    define::create(reader, statement);
    needs::attributes(reader, statement, |attribute| match attribute {
        "parser" => Some(Named::Other("text search parser")),
        "copy" => Some(Named::Other("text search configuration")),
        "template" => Some(Named::Other("text search template")),
        "start" | "gettoken" | "end" | "lextypes" | "headline" | "init" | "lexize" => {
            Some(Named::Routine)
        }
        _ => None,
    });
    reader.unknown(statement, USED);
}

/// ALTER TEXT SEARCH ….
pub(super) fn alter(reader: &mut Reader, statement: &SyntaxNode) {
    define::alter(reader, statement, |reader, object, clause| {
        match clause.kind() {
            Kind::ADD_MAPPING | Kind::ALTER_MAPPING | Kind::DROP_MAPPING => {
                define::set(reader, object, Attribute::Members, normal(clause), clause);
                needs::below(reader, clause);
            }
            Kind::ATTRIBUTE_LIST => {
                let options = Attribute::Option("options".to_owned());
                define::set(reader, object, options, normal(clause), clause);
            }
            _ => return false,
        }
        true
    });
    reader.unknown(statement, USED);
}

/// DROP TEXT SEARCH ….
pub(super) fn drop(reader: &mut Reader, statement: &SyntaxNode) {
    define::drop(reader, statement);
    reader.unknown(statement, USED);
}
