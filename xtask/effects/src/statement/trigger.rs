//! Triggers and event triggers.

use squawk_syntax::SyntaxKind as Kind;
use squawk_syntax::ast::{self, AstNode, NameLike};

use crate::effect::{Attribute, Need, Object};
use crate::query;
use crate::reader::Reader;
use crate::statement::{define, needs, object};

/// CREATE TRIGGER. Columns that decide when it fires keep their types (`RememberAllDependentForRebuilding` in `tablecmds.c`
/// refuses to change one).
pub(super) fn create(reader: &mut Reader, create: &ast::CreateTrigger) {
    let statement = create.syntax();
    let Some((made, name)) = object::first(reader, statement) else {
        return reader.unknown(statement, "the trigger has no name or no table");
    };
    define::create_as(reader, made.clone(), &name, statement);
    if let Some(relation) = made.relation() {
        let columns = (statement.descendants()).filter_map(ast::ColumnNameRef::cast);
        for column in columns {
            let object = Object::column(relation, NameLike::text(&column));
            reader.need(object, Need::Type, column.syntax());
        }
        if let Some(when) = define::child(statement, Kind::WHEN_CONDITION) {
            query::columns_in(reader, relation, &when, Need::Type);
        }
    }
    needs::below(reader, statement);
}

/// ALTER TRIGGER.
pub(super) fn alter(reader: &mut Reader, alter: &ast::AlterTrigger) {
    define::alter_plain(reader, alter.syntax());
}

/// CREATE EVENT TRIGGER: whatever migrations do from now on may make it run.
pub(super) fn create_event(reader: &mut Reader, create: &ast::CreateEventTrigger) {
    define::create(reader, create.syntax());
    reader.unknown(create.syntax(), RUNS);
}

/// ALTER EVENT TRIGGER.
pub(super) fn alter_event(reader: &mut Reader, alter: &ast::AlterEventTrigger) {
    define::alter(reader, alter.syntax(), |reader, object, clause| {
        let value = match clause.kind() {
            Kind::DISABLE => "disabled",
            Kind::ENABLE => "enabled",
            Kind::ENABLE_ALWAYS => "always",
            Kind::ENABLE_REPLICA => "replica",
            _ => return false,
        };
        define::set(reader, object, Attribute::Enabled, value, clause);
        reader.unknown(clause, RUNS);
        true
    });
}

/// DROP EVENT TRIGGER.
pub(super) fn drop_event(reader: &mut Reader, drop: &ast::DropEventTrigger) {
    define::drop(reader, drop.syntax());
    reader.unknown(drop.syntax(), RUNS);
}

const RUNS: &str =
    "the function of an event trigger runs, or no longer runs, when other statements do";
