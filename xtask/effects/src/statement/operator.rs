//! Operators, their classes and families, and casts: what PostgreSQL chooses from when it reads an expression.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::{Attribute, Need, Object};
use crate::reader::{Reader, normal};
use crate::statement::needs::{self, Named};
use crate::statement::{define, object};

/// No effect says which operators and casts an expression uses.
const USED: &str = "which expressions use it is not read";

/// CREATE OPERATOR.
pub(super) fn create(reader: &mut Reader, create: &ast::CreateOperator) {
    define::create(reader, create.syntax());
    needs::attributes(reader, create.syntax(), |attribute| match attribute {
        "leftarg" | "rightarg" => Some(Named::Type),
        "function" | "procedure" | "restrict" | "join" => Some(Named::Routine),
        _ => None,
    });
    reader.unknown(create.syntax(), USED);
}

/// ALTER OPERATOR.
pub(super) fn alter(reader: &mut Reader, alter: &ast::AlterOperator) {
    define::alter_plain(reader, alter.syntax());
    needs::attributes(reader, alter.syntax(), |attribute| match attribute {
        "restrict" | "join" => Some(Named::Routine),
        _ => None,
    });
    let plans = |kind| matches!(kind, Kind::OWNER_TO | Kind::SET_OPTIONS);
    if !alter.syntax().children().any(|child| plans(child.kind())) {
        reader.unknown(alter.syntax(), USED);
    }
}

/// DROP OPERATOR.
pub(super) fn drop(reader: &mut Reader, drop: &ast::DropOperator) {
    define::drop(reader, drop.syntax());
    reader.unknown(drop.syntax(), USED);
}

/// CREATE OPERATOR CLASS. A default one is taken without being named. Without FAMILY it makes a family of its name.
pub(super) fn create_class(reader: &mut Reader, create: &ast::CreateOperatorClass) {
    let statement = create.syntax();
    define::create(reader, statement);
    members(reader, statement);
    if create.operator_family_clause().is_none()
        && let Some((class, name)) = object::first(reader, statement)
        && let Object::Other { name: family, .. } = class
    {
        let family = Object::other("operator family", family);
        define::create_as(reader, family, &name, statement);
    }
    if create.default_token().is_some() {
        reader.unknown(statement, USED);
    }
}

/// ALTER OPERATOR FAMILY.
pub(super) fn alter_family(reader: &mut Reader, alter: &ast::AlterOperatorFamily) {
    define::alter(reader, alter.syntax(), |reader, family, clause| {
        match clause.kind() {
            Kind::ADD_OP_CLASS_OPTIONS | Kind::DROP_OP_CLASS_OPTIONS => {
                define::set(reader, family, Attribute::Members, normal(clause), clause);
                needs::below(reader, clause);
                members(reader, clause);
                reader.unknown(clause, USED);
            }
            _ => return false,
        }
        true
    });
}

/// CREATE CAST. One that is not explicit is applied without being asked for.
pub(super) fn create_cast(reader: &mut Reader, create: &ast::CreateCast) {
    define::create(reader, create.syntax());
    reader.unknown(create.syntax(), USED);
}

/// DROP CAST.
pub(super) fn drop_cast(reader: &mut Reader, drop: &ast::DropCast) {
    define::drop(reader, drop.syntax());
    reader.unknown(drop.syntax(), USED);
}

/// The operators that a class or a family consists of.
fn members(reader: &mut Reader, node: &SyntaxNode) {
    for operator in node
        .descendants()
        .filter_map(ast::OpClassOptionOperator::cast)
    {
        if let Some((object, name)) = object::first(reader, operator.syntax()) {
            reader.need(object, Need::Existence, &name);
        }
    }
}
