//! Extensions.

use rowan::NodeOrToken;
use squawk_syntax::SyntaxKind as Kind;
use squawk_syntax::ast::{self, AstNode, normalize_name_node};

use crate::effect::{Attribute, Need};
use crate::reader::{Reader, normal};
use crate::statement::{define, object};

/// CREATE EXTENSION.
pub(super) fn create(reader: &mut Reader, create: &ast::CreateExtension) {
    define::create(reader, create.syntax());
    let known = define::child(create.syntax(), Kind::EXTENSION)
        .is_some_and(|name| CONTRIB.contains(&normalize_name_node(&name).as_str()));
    let cascade = (create.syntax().children_with_tokens())
        .filter_map(NodeOrToken::into_token)
        .find(|token| token.kind() == Kind::CASCADE_KW);
    match cascade {
        Some(cascade) => reader.unread(
            cascade.text_range(),
            "CASCADE installs the extensions that this one needs",
        ),
        None if !known => reader.unknown(create.syntax(), "the extension's script is not read"),
        None => {}
    }
}

/// ALTER EXTENSION.
pub(super) fn alter(reader: &mut Reader, alter: &ast::AlterExtension) {
    define::alter(reader, alter.syntax(), |reader, object, clause| {
        match clause.kind() {
            Kind::ALTER_EXTENSION_UPDATE => {
                let version = Attribute::Option("version".to_owned());
                let to = define::child(clause, Kind::UPDATE_TO);
                let value = to.map_or("default".to_owned(), |to| normal(&to));
                define::set(reader, object, version, value, clause);
                reader.unknown(clause, "the extension's update script is not read");
            }
            Kind::ALTER_EXTENSION_ADD | Kind::ALTER_EXTENSION_DROP => {
                define::set(reader, object, Attribute::Members, normal(clause), clause);
                let member = clause.first_child();
                match member.and_then(|member| object::first(reader, &member)) {
                    Some((member, name)) => {
                        reader.need(member, Need::Existence, &object::shown(&name));
                    }
                    None => reader.unknown(clause, "the member was not read"),
                }
            }
            _ => return false,
        }
        true
    });
}

/// PostgreSQL's own extensions whose scripts make objects of their own and touch no others.
const CONTRIB: &[&str] = &[
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pg_stat_statements",
    "pg_trgm",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "seg",
    "tablefunc",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
];
