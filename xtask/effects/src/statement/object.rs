//! Which object a node of the tree names.

use squawk_syntax::ast::{self, AstNode, normalize_name_node};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::{Object, Part};
use crate::name::Name;
use crate::reader::{Reader, normal, segments};
use crate::statement::signature;

/// What `node` names, if it is a name of something: `TABLE_NAME_REF`, `EXTENSION`, `FUNCTION_SIG` …
///
/// A name that is being made lies in the first schema of the search path, one that exists anywhere in it.
pub(super) fn named(reader: &Reader, node: &SyntaxNode) -> Option<Object> {
    let path = || path(reader, node);
    let other = |kind: &str| Some(Object::other(kind, global(normalize_name_node(node))));
    let other_path = |kind: &str| path().map(|name| Object::other(kind, name));
    match node.kind() {
        Kind::INDEX
        | Kind::INDEX_REF
        | Kind::PROPERTY_GRAPH
        | Kind::PROPERTY_GRAPH_REF
        | Kind::RELATION_NAME_REF
        | Kind::SEQUENCE
        | Kind::SEQUENCE_REF
        | Kind::TABLE_NAME
        | Kind::TABLE_NAME_REF
        | Kind::VIEW
        | Kind::VIEW_REF => path().map(Object::Relation),
        Kind::DOMAIN | Kind::DOMAIN_REF | Kind::TYPE_NAME | Kind::TYPE_NAME_REF => {
            path().map(Object::Type)
        }
        Kind::AGGREGATE
        | Kind::AGGREGATE_NAME
        | Kind::FUNCTION_NAME
        | Kind::FUNCTION_NAME_REF
        | Kind::PROCEDURE_NAME
        | Kind::PROCEDURE_NAME_REF
        | Kind::ROUTINE_NAME
        | Kind::ROUTINE_NAME_REF => path().map(Object::Routine),
        Kind::FUNCTION_SIG | Kind::PROCEDURE_SIG | Kind::ROUTINE_SIG => {
            node.children().find_map(|name| named(reader, &name))
        }
        Kind::SCHEMA | Kind::SCHEMA_REF => Some(Object::Schema(normalize_name_node(node))),
        Kind::QUALIFIED_COLUMN_NAME_REF => column(reader, node),
        Kind::CONSTRAINT_NAME_REF => constraint(reader, node),
        Kind::TRIGGER | Kind::TRIGGER_REF => part(reader, node, Part::Trigger),
        Kind::POLICY | Kind::POLICY_REF => part(reader, node, Part::Policy),
        Kind::RULE | Kind::RULE_REF => part(reader, node, Part::Rule),
        Kind::LANGUAGE | Kind::LANGUAGE_REF => transform(node).or_else(|| other("language")),
        Kind::USER_MAPPING_ROLE => user_mapping(node),
        Kind::ROLE_REF if within(node, Kind::ALTER_USER_MAPPING) => user_mapping(node),
        Kind::ROLE | Kind::ROLE_REF => Some(Object::other("role", global(role(node)))),
        Kind::ACCESS_METHOD | Kind::ACCESS_METHOD_REF => other("access method"),
        Kind::DATABASE | Kind::DATABASE_REF => other("database"),
        Kind::EVENT_TRIGGER | Kind::EVENT_TRIGGER_REF => other("event trigger"),
        Kind::EXTENSION | Kind::EXTENSION_REF => other("extension"),
        Kind::FOREIGN_DATA_WRAPPER | Kind::FOREIGN_DATA_WRAPPER_REF => {
            other("foreign data wrapper")
        }
        Kind::PUBLICATION | Kind::PUBLICATION_REF => other("publication"),
        Kind::SERVER | Kind::SERVER_REF => other("server"),
        Kind::SUBSCRIPTION | Kind::SUBSCRIPTION_REF => other("subscription"),
        Kind::TABLESPACE | Kind::TABLESPACE_REF => other("tablespace"),
        Kind::COLLATION | Kind::COLLATION_REF => other_path("collation"),
        Kind::CONVERSION | Kind::CONVERSION_REF => other_path("conversion"),
        Kind::OP_CLASS_NAME | Kind::OP_CLASS_REF => other_path("operator class"),
        Kind::OP_FAMILY_NAME | Kind::OP_FAMILY_REF => other_path("operator family"),
        Kind::STATISTICS | Kind::STATISTICS_REF => other_path("statistics"),
        Kind::TEXT_SEARCH_CONFIGURATION | Kind::TEXT_SEARCH_CONFIGURATION_REF => {
            other_path("text search configuration")
        }
        Kind::TEXT_SEARCH_DICTIONARY | Kind::TEXT_SEARCH_DICTIONARY_REF => {
            other_path("text search dictionary")
        }
        Kind::TEXT_SEARCH_PARSER | Kind::TEXT_SEARCH_PARSER_REF => other_path("text search parser"),
        Kind::TEXT_SEARCH_TEMPLATE | Kind::TEXT_SEARCH_TEMPLATE_REF => {
            other_path("text search template")
        }
        Kind::CONFIG_PARAMETER_REF if within(node, Kind::PRIVILEGE_PARAMETER) => {
            Some(Object::other("parameter", global(segments(node).join("."))))
        }
        Kind::CAST_SIG => cast(node),
        Kind::OP => Some(operator(reader, node)),
        Kind::OP_SIG => node.children().find_map(|name| named(reader, &name)),
        Kind::LITERAL if within(node, Kind::OBJECT_LARGE_OBJECT) => Some(large_object(node)),
        Kind::LITERAL if within(node, Kind::ALTER_LARGE_OBJECT) => Some(large_object(node)),
        Kind::LITERAL if within(node, Kind::PRIVILEGE_LARGE_OBJECT) => Some(large_object(node)),
        _ => None,
    }
}

/// The first object that a child of `node` names, and the name.
pub(super) fn first(reader: &Reader, node: &SyntaxNode) -> Option<(Object, SyntaxNode)> {
    all(reader, node).into_iter().next()
}

/// All objects that children of `node`, or items of its lists of signatures, name.
pub(super) fn all(reader: &Reader, node: &SyntaxNode) -> Vec<(Object, SyntaxNode)> {
    let lists = [
        Kind::FUNCTION_SIG_LIST,
        Kind::PROCEDURE_SIG_LIST,
        Kind::ROUTINE_SIG_LIST,
        Kind::OP_SIG_LIST,
    ];
    node.children()
        .flat_map(|child| {
            if lists.contains(&child.kind()) {
                child.children().collect()
            } else {
                vec![child]
            }
        })
        .filter_map(|name| Some((named(reader, &name)?, name)))
        .collect()
}

/// What a caret shows of a name: of a signature the name alone.
pub(super) fn shown(name: &SyntaxNode) -> SyntaxNode {
    let inner = match name.kind() {
        Kind::AGGREGATE
        | Kind::FUNCTION_SIG
        | Kind::PROCEDURE_SIG
        | Kind::ROLE_REF
        | Kind::ROUTINE_SIG => name.first_child(),
        _ => None,
    };
    inner.unwrap_or_else(|| name.clone())
}

/// A role's name; `current_user` and its like in words of their own.
pub(super) fn role(node: &SyntaxNode) -> String {
    let name = node.children().next().unwrap_or_else(|| node.clone());
    normalize_name_node(&name)
}

/// A name that lives in no schema.
pub(super) fn global(name: impl Into<String>) -> Name {
    Name {
        schemas: Vec::new(),
        name: name.into(),
    }
}

/// A constraint of the domain `domain`, which has no other parts.
pub(super) fn domain_constraint(domain: &Name, constraint: &str) -> Object {
    let name = format!("{}.{constraint}", domain.name);
    Object::other("domain constraint", Reader::beside(domain, name))
}

/// `object` under another name, in the schema where it is.
pub(super) fn renamed(object: &Object, to: &str) -> Object {
    match object {
        Object::Relation(name) => Object::Relation(Reader::beside(name, to)),
        Object::Type(name) => Object::Type(Reader::beside(name, to)),
        Object::Routine(name) => Object::Routine(Reader::beside(name, to)),
        Object::Schema(_) => Object::Schema(to.to_owned()),
        Object::Other { kind, name } => Object::other(kind, Reader::beside(name, to)),
        Object::Part(relation, part) => {
            let to = to.to_owned();
            let part = match part {
                Part::Column(_) => Part::Column(to),
                Part::Constraint(_) => Part::Constraint(to),
                Part::Index(_) => Part::Index(to),
                Part::Trigger(_) => Part::Trigger(to),
                Part::Policy(_) => Part::Policy(to),
                Part::Rule(_) => Part::Rule(to),
                Part::Rows => Part::Rows,
            };
            Object::Part(relation.clone(), part)
        }
        Object::Anything => Object::Anything,
    }
}

/// `object` in another schema.
pub(super) fn moved(object: &Object, to: &str) -> Object {
    let there = |name: &Name| Name::qualified(to, name.name.clone());
    match object {
        Object::Relation(name) => Object::Relation(there(name)),
        Object::Type(name) => Object::Type(there(name)),
        Object::Routine(name) => Object::Routine(there(name)),
        // An extension's name lives in no schema; only what it consists of moves.
        Object::Other { kind, name } if !name.schemas.is_empty() => {
            Object::other(kind, there(name))
        }
        other => other.clone(),
    }
}

fn path(reader: &Reader, node: &SyntaxNode) -> Option<Name> {
    node.children().find_map(|child| match child.kind() {
        Kind::PATH => Some(reader.new_name(&child)),
        Kind::PATH_REF => Some(reader.name(&child)),
        _ => None,
    })
}

fn within(node: &SyntaxNode, kind: Kind) -> bool {
    node.parent().is_some_and(|parent| parent.kind() == kind)
}

/// `users.name`, `stage.users.name`, `database.stage.users.name`.
pub(super) fn column(reader: &Reader, node: &SyntaxNode) -> Option<Object> {
    let mut parts = segments(node);
    let column = parts.pop()?;
    let table = parts.pop()?;
    let schemas = match parts.pop() {
        Some(schema) => vec![schema],
        None => reader.search_path.clone(),
    };
    let relation = Name {
        schemas,
        name: table,
    };
    Some(Object::column(&relation, column))
}

/// A part of the relation that stands beside its name: `p on users`.
fn part(reader: &Reader, node: &SyntaxNode, part: fn(String) -> Part) -> Option<Object> {
    let relation = beside(reader, node)?;
    Some(Object::Part(relation, part(normalize_name_node(node))))
}

fn constraint(reader: &Reader, node: &SyntaxNode) -> Option<Object> {
    let name = segments(node).pop()?;
    let parent = node.parent()?;
    if let Some(domain) = parent.children().find_map(ast::DomainRef::cast) {
        let domain = path(reader, domain.syntax())?;
        return Some(domain_constraint(&domain, &name));
    }
    let relation = beside(reader, node)?;
    Some(Object::Part(relation, Part::Constraint(name)))
}

fn beside(reader: &Reader, node: &SyntaxNode) -> Option<Name> {
    let holders = [Kind::ON_RELATION, Kind::ON_TABLE, Kind::RULE_ON];
    node.parent()?
        .children()
        .flat_map(|child| {
            if holders.contains(&child.kind()) {
                child.children().collect()
            } else {
                vec![child]
            }
        })
        .find(|child| matches!(child.kind(), Kind::RELATION_NAME_REF | Kind::TABLE_NAME_REF))
        .and_then(|relation| path(reader, &relation))
}

fn cast(node: &SyntaxNode) -> Option<Object> {
    let signature = ast::CastSig::cast(node.clone())?;
    let source = signature::type_name(signature.lhs()?.syntax())?;
    let target = signature::type_name(signature.rhs()?.syntax())?;
    Some(Object::other(
        "cast",
        global(format!("({source} as {target})")),
    ))
}

/// An operator by its symbol alone: its operand types are left to the definition, as a routine's are.
fn operator(reader: &Reader, node: &SyntaxNode) -> Object {
    let mut schemas: Vec<String> = segments(node);
    schemas.retain(|schema| !schema.is_empty());
    let symbol = normal(node).replace(' ', "");
    let symbol = symbol.rsplit('.').next().unwrap_or_default().to_owned();
    let schemas = match schemas.pop() {
        Some(schema) => vec![schema],
        None if within(node, Kind::CREATE_OPERATOR) => {
            reader.search_path.iter().take(1).cloned().collect()
        }
        None => reader.search_path.clone(),
    };
    let name = Name {
        schemas,
        name: symbol,
    };
    Object::other("operator", name)
}

fn transform(node: &SyntaxNode) -> Option<Object> {
    let parent = node.parent()?;
    let kinds = [
        Kind::CREATE_TRANSFORM,
        Kind::DROP_TRANSFORM,
        Kind::OBJECT_TRANSFORM,
    ];
    if !kinds.contains(&parent.kind()) {
        return None;
    }
    let of = parent.children().find_map(ast::Type::cast)?;
    let of = signature::type_name(of.syntax())?;
    let language = normalize_name_node(node);
    Some(Object::other(
        "transform",
        global(format!("for {of} language {language}")),
    ))
}

fn user_mapping(node: &SyntaxNode) -> Option<Object> {
    let clause = (node.parent()?.children()).find_map(ast::ServerClause::cast)?;
    let server = normalize_name_node(clause.server_ref()?.syntax());
    let whose = match node.children().find_map(ast::RoleRef::cast) {
        Some(inner) => role(inner.syntax()),
        None => role(node),
    };
    Some(Object::other(
        "user mapping",
        global(format!("for {whose} server {server}")),
    ))
}

fn large_object(node: &SyntaxNode) -> Object {
    Object::other("large object", global(normal(node)))
}
