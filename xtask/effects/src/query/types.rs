//! Types that an expression or a declaration names.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::effect::{Need, Object};
use crate::name::Name;
use crate::query::{Usage, Uses};
use crate::reader::{Reader, segments};

/// The types below `node` that PostgreSQL does not bring, as needs.
pub(crate) fn types_in(reader: &mut Reader, node: &SyntaxNode, usage: Usage) {
    let mut uses = Uses::new(reader, usage);
    for ty in node.descendants() {
        named(&mut uses, &ty);
    }
    uses.finish();
}

/// Whether a type without a schema, or of `pg_catalog`, is one of PostgreSQL's.
pub(crate) fn is_builtin(name: &str) -> bool {
    name.starts_with("any")
        || name.starts_with("reg")
        || name.starts_with("pg_")
        || BUILTIN.contains(&name.trim_start_matches('_'))
}

/// The name of a type without its schema; empty for one that has its own syntax.
pub(super) fn last_segment(ty: &SyntaxNode) -> String {
    let path = ty.descendants().find_map(ast::PathRef::cast);
    path.and_then(|path| segments(path.syntax()).pop())
        .unwrap_or_default()
}

/// What a type's name needs: the type itself, or of `users.name%type` the column, of `users%rowtype` the columns.
pub(super) fn named(uses: &mut Uses<'_>, ty: &SyntaxNode) {
    let Some(path) = ty.children().find_map(ast::PathRef::cast) else {
        return;
    };
    let mut parts = segments(path.syntax());
    match ty.kind() {
        SyntaxKind::PATH_TYPE => {
            let qualified = parts.len() > 1 && parts.first().is_none_or(|s| s != "pg_catalog");
            let last = parts.pop().unwrap_or_default();
            if qualified || !is_builtin(&last) {
                let name = uses.reader.name(path.syntax());
                uses.need(Object::Type(name), Need::Existence, path.syntax());
            }
        }
        SyntaxKind::PLPGSQL_PERCENT_ROWTYPE => {
            let name = uses.reader.name(path.syntax());
            uses.need(Object::Relation(name), Need::Columns, path.syntax());
        }
        SyntaxKind::PERCENT_TYPE => {
            let Some(column) = parts.pop() else {
                return;
            };
            // `name%type` of a variable.
            let Some(table) = parts.pop() else {
                return;
            };
            let schemas = match parts.pop() {
                Some(schema) => vec![schema],
                None if uses.qualifies_variables(&table) => return,
                None => uses.reader.search_path.clone(),
            };
            let name = Name {
                schemas,
                name: table,
            };
            uses.need(
                Object::column(&name, column),
                Need::Existence,
                path.syntax(),
            );
        }
        _ => {}
    }
}

/// `pg_type` of PostgreSQL 18, without what the prefixes above cover, and the names that the grammar gives to types.
const BUILTIN: &[&str] = &[
    "aclitem",
    "bigint",
    "bigserial",
    "bit",
    "bool",
    "boolean",
    "box",
    "bpchar",
    "bytea",
    "char",
    "character",
    "cid",
    "cidr",
    "circle",
    "cstring",
    "date",
    "datemultirange",
    "daterange",
    "dec",
    "decimal",
    "double",
    "event_trigger",
    "fdw_handler",
    "float",
    "float4",
    "float8",
    "gtsvector",
    "index_am_handler",
    "inet",
    "int",
    "int2",
    "int2vector",
    "int4",
    "int4multirange",
    "int4range",
    "int8",
    "int8multirange",
    "int8range",
    "integer",
    "internal",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "language_handler",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "nchar",
    "numeric",
    "nummultirange",
    "numrange",
    "oid",
    "oidvector",
    "path",
    "point",
    "polygon",
    "real",
    "record",
    "refcursor",
    "serial",
    "serial2",
    "serial4",
    "serial8",
    "smallint",
    "smallserial",
    "table_am_handler",
    "text",
    "tid",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "trigger",
    "tsm_handler",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "txid_snapshot",
    "unknown",
    "uuid",
    "varbit",
    "varchar",
    "void",
    "xid",
    "xid8",
    "xml",
];
