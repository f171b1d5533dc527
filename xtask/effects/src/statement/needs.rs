//! What a statement names besides its own object, and so needs.

use squawk_syntax::ast::{self, AstNode, NameLike};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::{Need, Object};
use crate::name::Name;
use crate::query::{self, Usage};
use crate::reader::{Reader, normal};
use crate::statement::{object, signature};

/// Needs everything that is named below `node` by a name that refers to what exists: types, routines, schemas, roles, relations.
///
/// Lists of attributes are left out: what a value there names depends on the statement ([`attributes`]). So are bodies.
pub(super) fn below(reader: &mut Reader, node: &SyntaxNode) {
    let mut found = Found::default();
    found.below(reader, node);
    found.emit(reader);
}

/// Needs what the values of an attribute list name: `kind_of` says what an attribute's value is.
pub(super) fn attributes(
    reader: &mut Reader,
    statement: &SyntaxNode,
    kind_of: impl Fn(&str) -> Option<Named>,
) {
    let mut found = Found::default();
    let options = statement
        .descendants()
        .filter_map(ast::AttributeOption::cast);
    for option in options {
        let key = option.name().map(|name| normal(name.syntax()));
        let Some(kind) = kind_of(&key.unwrap_or_default()) else {
            continue;
        };
        let Some(value) = option.attribute_value() else {
            continue;
        };
        // `none`, a literal or a word of the grammar names nothing.
        for part in value.syntax().children() {
            match kind {
                Named::Type => found.below(reader, value.syntax()),
                Named::Routine => found.path(reader, &part, Object::Routine),
                Named::Other(kind) => found.path(reader, &part, |name| Object::other(kind, name)),
                Named::Operator => {
                    let operator = part.descendants().find(|node| node.kind() == Kind::OP);
                    if let Some(operator) = operator {
                        found.existence(reader, &operator);
                    }
                }
            }
        }
    }
    found.emit(reader);
}

/// Needs the tables of a list, and the columns that are named behind them: `analyze users (name, email)`.
pub(super) fn tables(reader: &mut Reader, list: &SyntaxNode) {
    for entry in list.children() {
        let table = entry
            .descendants()
            .find(|name| name.kind() == Kind::TABLE_NAME_REF);
        let named = table.and_then(|table| Some((object::named(reader, &table)?, table)));
        let Some((Object::Relation(relation), table)) = named else {
            continue;
        };
        let columns = entry.descendants().filter_map(ast::ColumnNameRef::cast);
        reader.need(Object::Relation(relation.clone()), Need::Existence, &table);
        for column in columns {
            let object = Object::column(&relation, NameLike::text(&column));
            reader.need(object, Need::Existence, column.syntax());
        }
    }
}

/// What the value of an attribute names.
#[derive(Clone, Copy)]
pub(super) enum Named {
    /// `stype = int4`.
    Type,
    /// `sfunc = add`.
    Routine,
    /// `sortop = operator(>)`.
    Operator,
    /// `parser = default`.
    Other(&'static str),
}

/// Needs, each of them once.
#[derive(Default)]
struct Found {
    needs: Vec<(Object, Need, SyntaxNode)>,
    /// Defaults and checks, which are queries' matter.
    expressions: Vec<SyntaxNode>,
}

impl Found {
    fn below(&mut self, reader: &Reader, node: &SyntaxNode) {
        for child in node.children() {
            match child.kind() {
                // Whoever touches a part of a relation needs the relation; that has no effect of its own.
                Kind::ON_RELATION | Kind::ON_TABLE | Kind::ATTRIBUTE_LIST => continue,
                Kind::PATH_TYPE => {
                    let builtin = |name: String| query::is_builtin(&name) || name == "none";
                    if !signature::type_name(&child).is_some_and(builtin) {
                        self.path(reader, &child, Object::Type);
                    }
                }
                Kind::PERCENT_TYPE => {
                    if let Some(column) = object::column(reader, &child) {
                        self.add(column, Need::Type, &child);
                    }
                }
                Kind::CALL_EXPR => self.routine_called(reader, &child),
                // What it says of a language here is about a transform only to the statement itself.
                Kind::LANGUAGE_REF => {
                    let name = object::global(ast::normalize_name_node(&child));
                    self.add(Object::other("language", name), Need::Existence, &child);
                }
                kind if is_body(kind) => continue,
                kind if holds_expression(kind) => {
                    self.expressions.push(child);
                    continue;
                }
                kind if refers(kind) => self.existence(reader, &child),
                _ => {}
            }
            self.below(reader, &child);
        }
    }

    fn routine_called(&mut self, reader: &Reader, call: &SyntaxNode) {
        let Some(callee) = call.first_child() else {
            return;
        };
        let mut names: Vec<String> = (callee.descendants())
            .filter_map(ast::NameRef::cast)
            .map(|name| NameLike::text(&name))
            .collect();
        let Some(name) = names.pop() else { return };
        let schemas = match names.pop() {
            Some(schema) => vec![schema],
            None => reader.search_path.clone(),
        };
        self.add(
            Object::Routine(Name { schemas, name }),
            Need::Existence,
            &callee,
        );
    }

    fn existence(&mut self, reader: &Reader, node: &SyntaxNode) {
        if let Some(named) = object::named(reader, node) {
            self.add(named, Need::Existence, &object::shown(node));
        }
    }

    fn path(&mut self, reader: &Reader, node: &SyntaxNode, object: impl Fn(Name) -> Object) {
        let path = node.children().find(|child| child.kind() == Kind::PATH_REF);
        if let Some(path) = path {
            self.add(object(reader.name(&path)), Need::Existence, &path);
        }
    }

    fn add(&mut self, object: Object, need: Need, node: &SyntaxNode) {
        let known =
            |(other, same, _): &(Object, Need, SyntaxNode)| *other == object && *same == need;
        if !everywhere(&object) && !self.needs.iter().any(known) {
            self.needs.push((object, need, node.clone()));
        }
    }

    fn emit(self, reader: &mut Reader) {
        for (object, need, node) in self.needs {
            reader.need(object, need, &node);
        }
        for expression in self.expressions {
            query::free_expression(reader, &expression, Usage::definition(Need::Type));
        }
    }
}

/// Whether every database has it from the start.
fn everywhere(object: &Object) -> bool {
    match object {
        Object::Type(name) | Object::Routine(name) | Object::Relation(name) => is_catalog(name),
        Object::Schema(name) => name == "pg_catalog",
        Object::Other { kind, name } => {
            let names: &[&str] = match kind.as_str() {
                "role" => &["public", "current_role", "current_user", "session_user"],
                "language" => &["sql", "plpgsql", "c", "internal"],
                "access method" => &["btree", "hash", "gist", "gin", "spgist", "brin", "heap"],
                "collation" => &["C", "POSIX", "default"],
                "text search parser" => &["default"],
                _ => &[],
            };
            is_catalog(name) || names.contains(&name.name.as_str())
        }
        _ => false,
    }
}

fn is_catalog(name: &Name) -> bool {
    matches!(&*name.schemas, [only] if only == "pg_catalog")
}

fn is_body(kind: Kind) -> bool {
    matches!(kind, Kind::ATOMIC_BODY | Kind::RETURN_STMT)
}

fn holds_expression(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::CHECK_CONSTRAINT | Kind::DEFAULT_CONSTRAINT | Kind::PARAM_DEFAULT | Kind::SET_DEFAULT
    )
}

fn refers(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ACCESS_METHOD_REF
            | Kind::COLLATION_REF
            | Kind::CONVERSION_REF
            | Kind::DATABASE_REF
            | Kind::DOMAIN_REF
            | Kind::EXTENSION_REF
            | Kind::FOREIGN_DATA_WRAPPER_REF
            | Kind::FUNCTION_NAME_REF
            | Kind::INDEX_REF
            | Kind::OP_CLASS_REF
            | Kind::OP_FAMILY_REF
            | Kind::PROCEDURE_NAME_REF
            | Kind::PROPERTY_GRAPH_REF
            | Kind::PUBLICATION_REF
            | Kind::QUALIFIED_COLUMN_NAME_REF
            | Kind::RELATION_NAME_REF
            | Kind::ROLE_REF
            | Kind::ROUTINE_NAME_REF
            | Kind::SCHEMA_REF
            | Kind::SEQUENCE_REF
            | Kind::SERVER_REF
            | Kind::STATISTICS_REF
            | Kind::TABLE_NAME_REF
            | Kind::TABLESPACE_REF
            | Kind::TEXT_SEARCH_CONFIGURATION_REF
            | Kind::TEXT_SEARCH_DICTIONARY_REF
            | Kind::TEXT_SEARCH_PARSER_REF
            | Kind::TEXT_SEARCH_TEMPLATE_REF
            | Kind::TYPE_NAME_REF
            | Kind::VIEW_REF
    )
}
