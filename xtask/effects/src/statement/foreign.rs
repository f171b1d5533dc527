//! Foreign data wrappers, their servers and user mappings.

use squawk_syntax::SyntaxKind as Kind;
use squawk_syntax::ast::{self, AstNode};

use crate::effect::Attribute;
use crate::reader::{Reader, normal};
use crate::statement::{define, needs};

/// ALTER FOREIGN DATA WRAPPER.
pub(super) fn alter_wrapper(reader: &mut Reader, alter: &ast::AlterForeignDataWrapper) {
    define::alter(reader, alter.syntax(), |reader, wrapper, clause| {
        if clause.kind() != Kind::FDW_OPTION_LIST {
            return false;
        }
        for option in clause.children() {
            let name = match option.kind() {
                Kind::OPTION_HANDLER | Kind::OPTION_NO_HANDLER => "handler",
                Kind::OPTION_VALIDATOR | Kind::OPTION_NO_VALIDATOR => "validator",
                Kind::OPTION_CONNECTION | Kind::OPTION_NO_CONNECTION => "connection",
                _ => {
                    define::options(reader, wrapper, &option);
                    continue;
                }
            };
            let attribute = Attribute::Option(name.to_owned());
            define::set(reader, wrapper, attribute, normal(&option), &option);
            needs::below(reader, &option);
        }
        true
    });
}

/// ALTER SERVER.
pub(super) fn alter_server(reader: &mut Reader, alter: &ast::AlterServer) {
    define::alter(reader, alter.syntax(), |reader, server, clause| {
        if clause.kind() != Kind::SERVER_VERSION {
            return false;
        }
        let attribute = Attribute::Option("version".to_owned());
        define::set(reader, server, attribute, normal(clause), clause);
        true
    });
}

/// IMPORT FOREIGN SCHEMA: which tables there are, the other server knows.
pub(super) fn import(reader: &mut Reader, import: &ast::ImportForeignSchema) {
    if let Some(into) = define::child(import.syntax(), Kind::INTO_SCHEMA) {
        needs::below(reader, &into);
    }
    reader.unknown(
        import.syntax(),
        "which tables it makes depends on another server",
    );
}
