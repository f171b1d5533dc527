//! Sequences.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::{Attribute, Object};
use crate::reader::{Reader, normal, segments};
use crate::statement::{define, needs, object};

/// CREATE SEQUENCE.
pub(super) fn create(reader: &mut Reader, create: &ast::CreateSequence) {
    let statement = create.syntax();
    let Some((sequence, name)) = object::first(reader, statement) else {
        return reader.unknown(statement, "the sequence has no name");
    };
    let temporary = define::has(statement, Kind::TEMP);
    let sequence = match define::child(&name, Kind::PATH).filter(|_| temporary) {
        Some(path) => Object::Relation(reader.new_temporary(&path)),
        None => sequence,
    };
    define::create_as(reader, sequence.clone(), &name, statement);
    for owned in create.syntax().children() {
        if owned.kind() == Kind::OPTION_OWNED_BY {
            option(reader, &sequence, &owned);
        } else {
            needs::below(reader, &owned);
        }
    }
}

/// ALTER SEQUENCE.
pub(super) fn alter(reader: &mut Reader, alter: &ast::AlterSequence) {
    define::alter(reader, alter.syntax(), |reader, sequence, clause| {
        option(reader, sequence, clause)
    });
}

/// An option of a sequence. Whether it is one.
fn option(reader: &mut Reader, sequence: &Object, clause: &SyntaxNode) -> bool {
    let value = normal(clause);
    let name = match clause.kind() {
        Kind::SET_LOGGED | Kind::OPTION_LOGGED => {
            define::set(reader, sequence, Attribute::Persistence, "logged", clause);
            return true;
        }
        Kind::SET_UNLOGGED | Kind::OPTION_UNLOGGED => {
            define::set(reader, sequence, Attribute::Persistence, "unlogged", clause);
            return true;
        }
        Kind::OPTION_RESTART => {
            define::set(reader, sequence, Attribute::Position, value, clause);
            return true;
        }
        Kind::OPTION_OWNED_BY => {
            let owner = define::child(clause, Kind::QUALIFIED_COLUMN_NAME_REF);
            let value =
                (owner.as_ref()).map_or("none".to_owned(), |owner| segments(owner).join("."));
            let shown = owner.unwrap_or_else(|| clause.clone());
            define::set(reader, sequence, Attribute::OwnedBy, value, &shown);
            needs::below(reader, clause);
            return true;
        }
        Kind::OPTION_AS_TYPE => "as",
        Kind::OPTION_INCREMENT => "increment",
        Kind::OPTION_START => "start",
        Kind::OPTION_MIN_VALUE | Kind::OPTION_NO_MIN_VALUE => "minvalue",
        Kind::OPTION_MAX_VALUE | Kind::OPTION_NO_MAX_VALUE => "maxvalue",
        Kind::OPTION_CACHE => "cache",
        Kind::OPTION_CYCLE | Kind::OPTION_NO_CYCLE => "cycle",
        _ => return false,
    };
    let attribute = Attribute::Option(name.to_owned());
    define::set(reader, sequence, attribute, value, clause);
    true
}
