//! Functions, procedures and aggregates.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::body;
use crate::effect::{Attribute, Object};
use crate::reader::{Reader, normal};
use crate::statement::define;
use crate::statement::needs::{self, Named};

/// CREATE FUNCTION and CREATE PROCEDURE: they need their types, and what their body does happens when they are called.
pub(super) fn create(reader: &mut Reader, statement: &SyntaxNode) {
    define::create(reader, statement);
    body::routine(reader, statement);
}

/// CREATE AGGREGATE.
pub(super) fn create_aggregate(reader: &mut Reader, create: &ast::CreateAggregate) {
    define::create(reader, create.syntax());
    needs::attributes(reader, create.syntax(), |attribute| match attribute {
        "basetype" | "stype" | "mstype" => Some(Named::Type),
        "sfunc" | "finalfunc" | "combinefunc" | "serialfunc" | "deserialfunc" | "msfunc"
        | "minvfunc" | "mfinalfunc" => Some(Named::Routine),
        "sortop" => Some(Named::Operator),
        _ => None,
    });
}

/// ALTER FUNCTION, PROCEDURE, ROUTINE and AGGREGATE.
pub(super) fn alter(reader: &mut Reader, statement: &SyntaxNode) {
    define::alter(reader, statement, |reader, object, clause| {
        if clause.kind() != Kind::FUNC_OPTION_LIST {
            return false;
        }
        for one in clause.children() {
            option(reader, object, &one);
        }
        true
    });
}

fn option(reader: &mut Reader, object: &Object, clause: &SyntaxNode) {
    let name = match clause.kind() {
        Kind::SET_FUNC_OPTION => {
            return match define::child(clause, Kind::SET_CONFIG_PARAM) {
                Some(set) => define::setting(reader, object, &set),
                None => reader.unknown(clause, "the setting was not read"),
            };
        }
        Kind::RESET_FUNC_OPTION => return define::setting(reader, object, clause),
        Kind::STRICT_FUNC_OPTION
        | Kind::CALLED_ON_NULL_INPUT_FUNC_OPTION
        | Kind::RETURNS_NULL_ON_NULL_INPUT_FUNC_OPTION => "null input",
        Kind::IMMUTABLE | Kind::STABLE | Kind::VOLATILE => "volatility",
        Kind::LEAKPROOF_FUNC_OPTION | Kind::NOT_LEAKPROOF_FUNC_OPTION => "leakproof",
        Kind::SECURITY_DEFINER_FUNC_OPTION | Kind::SECURITY_INVOKER_FUNC_OPTION => "security",
        Kind::PARALLEL_FUNC_OPTION => "parallel",
        Kind::COST_FUNC_OPTION => "cost",
        Kind::ROWS_FUNC_OPTION => "rows",
        Kind::SUPPORT_FUNC_OPTION => "support",
        _ => return reader.unknown(clause, "no rule says what this option does"),
    };
    let value = match clause.kind() {
        // Two ways to say the same.
        Kind::RETURNS_NULL_ON_NULL_INPUT_FUNC_OPTION => "strict".to_owned(),
        _ => normal(clause),
    };
    define::set(
        reader,
        object,
        Attribute::Option(name.to_owned()),
        value,
        clause,
    );
    needs::below(reader, clause);
}
