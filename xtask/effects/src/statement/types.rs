//! Types and domains.

use squawk_syntax::ast::{self, AstNode, normalize_name_node};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::{Action, Attribute, Need, Object};
use crate::name::Name;
use crate::query::{self, Usage};
use crate::reader::{Reader, normal, segments};
use crate::statement::needs::{self, Named};
use crate::statement::{define, object};

/// A domain's constraints are checked against every value there is.
const CHECKED: &str = "the rows of every column of the domain are checked";

/// CREATE TYPE. A composite type is a relation too, a range type brings a multirange type and functions to build values.
pub(super) fn create(reader: &mut Reader, create: &ast::CreateType) {
    let statement = create.syntax();
    let Some((made, name)) = object::first(reader, statement) else {
        return reader.unknown(statement, "the type has no name");
    };
    define::create_as(reader, made.clone(), &name, statement);
    if let Object::Type(type_name) = made {
        match create.kind() {
            Some(ast::CreateTypeKind::CompositeType(_)) => {
                define::create_as(reader, Object::Relation(type_name), &name, statement);
            }
            Some(ast::CreateTypeKind::RangeType(range)) => {
                constructors(reader, &type_name, range.syntax(), &name, statement);
            }
            _ => {}
        }
    }
    needs::below(reader, statement);
    needs::attributes(reader, statement, |attribute| match attribute {
        "subtype" | "like" | "element" => Some(Named::Type),
        "subtype_opclass" => Some(Named::Other("operator class")),
        "collation" => Some(Named::Other("collation")),
        "canonical" | "subtype_diff" | "input" | "output" | "receive" | "send" | "typmod_in"
        | "typmod_out" | "analyze" | "subscript" => Some(Named::Routine),
        _ => None,
    });
}

/// ALTER TYPE. Whether the type is an enum or composite shows in what is done to it.
pub(super) fn alter(reader: &mut Reader, alter: &ast::AlterType) {
    define::alter(reader, alter.syntax(), |reader, object, clause| {
        let Object::Type(name) = object else {
            return false;
        };
        match clause.kind() {
            Kind::ADD_VALUE | Kind::RENAME_VALUE => labels(reader, object, clause),
            Kind::RENAME_ATTRIBUTE => attribute(reader, name, clause),
            Kind::ALTER_TYPE_ATTRIBUTE_ACTION_LIST => {
                for action in clause.children() {
                    attribute(reader, name, &action);
                }
            }
            _ => return false,
        }
        true
    });
}

/// CREATE DOMAIN.
pub(super) fn create_domain(reader: &mut Reader, create: &ast::CreateDomain) {
    define::create(reader, create.syntax());
}

/// ALTER DOMAIN.
pub(super) fn alter_domain(reader: &mut Reader, alter: &ast::AlterDomain) {
    define::alter(reader, alter.syntax(), |reader, object, clause| {
        let Object::Type(domain) = object else {
            return false;
        };
        let set = |reader: &mut Reader, attribute, value: &str| {
            define::set(reader, object, attribute, value, clause);
        };
        match clause.kind() {
            Kind::SET_DEFAULT => {
                let value = (clause.children().next()).map(|value| normal(&value));
                set(reader, Attribute::Default, &value.unwrap_or_default());
                query::free_expression(reader, clause, Usage::definition(Need::Type));
            }
            Kind::DROP_DEFAULT => set(reader, Attribute::Default, "none"),
            Kind::SET_NOT_NULL => {
                set(reader, Attribute::Nullability, "not null");
                reader.unknown(clause, CHECKED);
            }
            Kind::DROP_NOT_NULL => set(reader, Attribute::Nullability, "null"),
            Kind::ADD_CONSTRAINT => add_constraint(reader, domain, clause),
            Kind::DROP_CONSTRAINT => {
                let Some((name, shown)) = referred(clause) else {
                    return false;
                };
                let action = Action::Drop {
                    tolerant: define::has(clause, Kind::IF_EXISTS),
                    cascade: define::has(clause, Kind::CASCADE),
                };
                reader.emit(object::domain_constraint(domain, &name), action, &shown);
                values_allowed(reader, domain, &name, clause);
                define::cascade(reader, clause);
            }
            Kind::RENAME_CONSTRAINT => {
                let names = referred(clause).zip(define::child(clause, Kind::CONSTRAINT_NAME));
                let Some(((name, from), to)) = names else {
                    return false;
                };
                let constraint = object::domain_constraint(domain, &name);
                let new = format!("{}.{}", domain.name, normalize_name_node(&to));
                reader.need(object.clone(), Need::Existence, &from);
                define::rename(reader, &constraint, &from, &to, &new);
            }
            Kind::VALIDATE_CONSTRAINT => {
                let Some((name, shown)) = referred(clause) else {
                    return false;
                };
                let constraint = object::domain_constraint(domain, &name);
                reader.need(object.clone(), Need::Existence, &shown);
                define::set(
                    reader,
                    &constraint,
                    Attribute::Validated,
                    "validated",
                    &shown,
                );
                reader.unknown(clause, CHECKED);
            }
            _ => return false,
        }
        true
    });
}

fn labels(reader: &mut Reader, object: &Object, clause: &SyntaxNode) {
    let value = normal(clause).replacen(" value ", " ", 1);
    let shown = define::child(clause, Kind::LITERAL).unwrap_or_else(|| clause.clone());
    define::set(reader, object, Attribute::Labels, value, &shown);
}

/// An attribute of a composite type is a column of its relation; the type must be there too.
fn attribute(reader: &mut Reader, composite: &Name, action: &SyntaxNode) {
    let names = action.children().filter(|child| {
        matches!(
            child.kind(),
            Kind::COMPOSITE_FIELD | Kind::COMPOSITE_FIELD_REF
        )
    });
    let mut names = names.map(|name| (Object::column(composite, normalize_name_node(&name)), name));
    let Some((column, name)) = names.next() else {
        return reader.unknown(action, "the attribute has no name");
    };
    reader.need(Object::Type(composite.clone()), Need::Existence, &name);
    match (action.kind(), names.next()) {
        (Kind::ADD_ATTRIBUTE, _) => define::create_as(reader, column, &name, action),
        (Kind::DROP_ATTRIBUTE, _) => {
            let drop = Action::Drop {
                tolerant: define::has(action, Kind::IF_EXISTS),
                cascade: define::has(action, Kind::CASCADE),
            };
            reader.emit(column, drop, &name);
        }
        (Kind::ALTER_ATTRIBUTE, _) => {
            let of = action.children().skip_while(|child| *child != name).skip(1);
            let of: Vec<String> = (of.filter(|child| child.kind() != Kind::CASCADE))
                .map(|part| normal(&part))
                .collect();
            define::set(reader, &column, Attribute::Type, of.join(" "), &name);
        }
        (Kind::RENAME_ATTRIBUTE, Some((_, to))) => {
            let new = normalize_name_node(&to);
            define::rename(reader, &column, &name, &to, &new);
        }
        _ => return reader.unknown(action, "no rule says what this does to the type"),
    }
    needs::below(reader, action);
    if let Some(cascade) = define::child(action, Kind::CASCADE) {
        reader.unknown(&cascade, "CASCADE changes the tables of this type too");
    }
}

fn add_constraint(reader: &mut Reader, domain: &Name, clause: &SyntaxNode) {
    let Some(constraint) = clause.children().find_map(ast::Constraint::cast) else {
        return reader.unknown(clause, "the constraint was not read");
    };
    let name = constraint.constraint_name();
    let kind = match constraint {
        ast::Constraint::CheckConstraint(_) => "check",
        ast::Constraint::NotNullConstraint(_) => "not_null",
        _ => return reader.unknown(clause, "a domain has no such constraint"),
    };
    let chosen = match &name {
        Some(name) => normalize_name_node(name.syntax()),
        None => format!("{}_{kind}", domain.name),
    };
    let action = Action::Create {
        definition: normal(constraint.syntax()),
        tolerant: false,
        replace: false,
        unnamed: name.is_none(),
    };
    let shown = match &name {
        Some(name) => name.syntax(),
        None => constraint.syntax(),
    };
    reader.emit(object::domain_constraint(domain, &chosen), action, shown);
    values_allowed(reader, domain, &chosen, clause);
    needs::below(reader, clause);
    if !constraint.is_not_valid() {
        reader.unknown(constraint.syntax(), CHECKED);
    }
}

/// Which values a domain allows is about the domain, not only about its constraint.
fn values_allowed(reader: &mut Reader, domain: &Name, constraint: &str, clause: &SyntaxNode) {
    let attribute = Attribute::Option(format!("constraint {constraint}"));
    let domain = Object::Type(domain.clone());
    define::set(reader, &domain, attribute, normal(clause), clause);
}

/// The constraint that a clause names.
fn referred(clause: &SyntaxNode) -> Option<(String, SyntaxNode)> {
    let name = define::child(clause, Kind::CONSTRAINT_NAME_REF)?;
    Some((segments(&name).pop()?, name))
}

/// What PostgreSQL makes beside a range type: its multirange type, and a function of either's name.
fn constructors(
    reader: &mut Reader,
    range: &Name,
    node: &SyntaxNode,
    shown: &SyntaxNode,
    statement: &SyntaxNode,
) {
    let named = (node.descendants().filter_map(ast::AttributeOption::cast))
        .filter(|option| {
            option.name().map(|name| normal(name.syntax())).as_deref()
                == Some("multirange_type_name")
        })
        .find_map(|option| option.syntax().descendants().find_map(ast::PathRef::cast));
    let multirange = match &named {
        Some(path) => reader.new_name(path.syntax()),
        None => Reader::beside(range, multirange_name(&range.name)),
    };
    let shown_as = named.as_ref().map_or(shown, |path| path.syntax());
    let action = Action::Create {
        definition: normal(statement),
        tolerant: false,
        replace: false,
        unnamed: named.is_none(),
    };
    reader.emit(Object::Type(multirange.clone()), action, shown_as);
    define::create_as(reader, Object::Routine(range.clone()), shown, statement);
    define::create_as(reader, Object::Routine(multirange), shown_as, statement);
}

/// As makeMultirangeTypeName in `pg_type.c` chooses it, names near 63 bytes apart.
fn multirange_name(range: &str) -> String {
    if range.contains("range") {
        range.replacen("range", "multirange", 1)
    } else {
        format!("{range}_multirange")
    }
}
