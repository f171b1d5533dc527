//! What CREATE, ALTER and DROP have in common, whatever they make, change or remove.

use squawk_syntax::ast::{self, AstNode, normalize_name_node};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::{Action, Attribute, Need, Object};
use crate::reader::{Reader, normal, segments};
use crate::statement::{needs, object, rename};

/// CREATE of the object that the statement names first, which needs whatever else it names.
pub(super) fn create(reader: &mut Reader, statement: &SyntaxNode) {
    let Some((made, name)) = object::first(reader, statement) else {
        return reader.unknown(statement, "what it makes has no name");
    };
    create_as(reader, made, &name, statement);
    needs::below(reader, statement);
}

/// CREATE of `made` alone.
pub(super) fn create_as(
    reader: &mut Reader,
    made: Object,
    name: &SyntaxNode,
    statement: &SyntaxNode,
) {
    let action = Action::Create {
        definition: normal(statement),
        tolerant: has(statement, Kind::IF_NOT_EXISTS),
        replace: has(statement, Kind::OR_REPLACE),
        unnamed: false,
    };
    reader.emit(made, action, name);
}

/// DROP of all objects that the statement names.
pub(super) fn drop(reader: &mut Reader, statement: &SyntaxNode) {
    let dropped = object::all(reader, statement);
    if dropped.is_empty() {
        return reader.unknown(statement, "what it drops has no name");
    }
    for (gone, name) in dropped {
        let action = Action::Drop {
            tolerant: has(statement, Kind::IF_EXISTS),
            cascade: has(statement, Kind::CASCADE),
        };
        reader.emit(gone.clone(), action, &object::shown(&name));
        if let Object::Relation(name) = &gone {
            reader.reveal(name);
        }
    }
    for clause in statement.children() {
        if matches!(clause.kind(), Kind::SERVER_CLAUSE | Kind::USING_METHOD) {
            needs::below(reader, &clause);
        }
    }
    cascade(reader, statement);
}

/// The CASCADE of a DROP, if there is one.
pub(super) fn cascade(reader: &mut Reader, node: &SyntaxNode) {
    if let Some(cascade) = child(node, Kind::CASCADE) {
        reader.unknown(&cascade, "CASCADE drops whatever depends on it");
    }
}

/// ALTER of the object that the statement names first. `special` says whether it knows a clause of this kind of object;
/// those that all kinds share are known here.
pub(super) fn alter(
    reader: &mut Reader,
    statement: &SyntaxNode,
    special: impl Fn(&mut Reader, &Object, &SyntaxNode) -> bool,
) {
    let Some((changed, name)) = object::first(reader, statement) else {
        return reader.unknown(statement, "what it changes has no name");
    };
    let shown = object::shown(&name);
    let mut says_what = false;
    for clause in statement.children().filter(|clause| *clause != name) {
        if matches!(clause.kind(), Kind::SERVER_CLAUSE | Kind::USING_METHOD) {
            needs::below(reader, &clause);
        }
        if beside(clause.kind()) {
            continue;
        }
        says_what = true;
        if !special(reader, &changed, &clause) && !common(reader, &changed, &shown, &clause) {
            reader.unknown(&clause, "no rule says what this clause does");
        }
    }
    if !says_what {
        reader.need(changed, Need::Existence, &shown);
    }
}

/// [`alter`] of a kind of object that has no clauses of its own.
pub(super) fn alter_plain(reader: &mut Reader, statement: &SyntaxNode) {
    alter(reader, statement, |_, _, _| false);
}

/// `attribute` becomes `value`; the caret shows the clause that says so.
pub(super) fn set(
    reader: &mut Reader,
    object: &Object,
    attribute: Attribute,
    value: impl Into<String>,
    node: &SyntaxNode,
) {
    let value = value.into();
    reader.emit(object.clone(), Action::Set { attribute, value }, node);
}

/// `object` gets another owner.
pub(super) fn owner(reader: &mut Reader, object: &Object, role: &SyntaxNode) {
    let shown = object::shown(role);
    set(reader, object, Attribute::Owner, object::role(role), &shown);
}

/// `object` gets another name.
pub(super) fn rename(
    reader: &mut Reader,
    object: &Object,
    from: &SyntaxNode,
    to: &SyntaxNode,
    name: &str,
) {
    let action = Action::Rename {
        to: name.to_owned(),
    };
    reader.emit(object.clone(), action, to);
    reader.emit(
        object::renamed(object, name),
        rename::created(&normal(from)),
        to,
    );
}

/// Whether `node` has a child of this kind.
pub(super) fn has(node: &SyntaxNode, kind: Kind) -> bool {
    child(node, kind).is_some()
}

/// The first child of this kind.
pub(super) fn child(node: &SyntaxNode, kind: Kind) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

/// A change that objects of many kinds have. Whether it is one.
fn common(reader: &mut Reader, object: &Object, name: &SyntaxNode, clause: &SyntaxNode) -> bool {
    match clause.kind() {
        kind if is_rename(kind) => {
            let Some(to) = clause.children().next() else {
                return false;
            };
            let new = segments(&to).pop();
            let new = new.unwrap_or_else(|| normalize_name_node(&to));
            rename(reader, object, name, &to, &new);
        }
        Kind::OWNER_TO => {
            let Some(role) = child(clause, Kind::ROLE_REF) else {
                return false;
            };
            owner(reader, object, &role);
            needs::below(reader, clause);
        }
        Kind::SET_SCHEMA => {
            let Some(schema) = child(clause, Kind::SCHEMA_REF) else {
                return false;
            };
            let to = normalize_name_node(&schema);
            let there = object::moved(object, &to);
            reader.emit(object.clone(), Action::Move { to }, &schema);
            if there != *object {
                reader.emit(there, rename::created(&normal(name)), &schema);
            }
            needs::below(reader, clause);
        }
        Kind::SET_OPTIONS | Kind::RESET_OPTIONS => {
            let options = clause.descendants().filter_map(ast::AttributeOption::cast);
            for option in options {
                let key = option_key(option.syntax());
                let value = match clause.kind() {
                    Kind::RESET_OPTIONS => "reset".to_owned(),
                    _ => normal(option.syntax()),
                };
                set(
                    reader,
                    object,
                    Attribute::Option(key),
                    value,
                    option.syntax(),
                );
            }
        }
        Kind::ALTER_OPTION_LIST => options(reader, object, clause),
        Kind::DEPENDS_ON_EXTENSION | Kind::NO_DEPENDS_ON_EXTENSION => {
            let Some(extension) = child(clause, Kind::EXTENSION_REF) else {
                return false;
            };
            let key = format!("extension {}", normalize_name_node(&extension));
            let value = match clause.kind() {
                Kind::DEPENDS_ON_EXTENSION => "goes with it",
                _ => "stays without it",
            };
            set(reader, object, Attribute::Option(key), value, &extension);
            needs::below(reader, clause);
        }
        Kind::REFRESH_VERSION | Kind::REFRESH_COLLATION_VERSION => {
            let version = Attribute::Option("version".to_owned());
            set(reader, object, version, "refreshed", clause);
        }
        Kind::SET_CONFIG_PARAM | Kind::RESET_CONFIG_PARAM => setting(reader, object, clause),
        _ => return false,
    }
    true
}

/// A setting that a role, a database or a routine keeps: `set work_mem = '1MB'`, `reset all`.
pub(super) fn setting(reader: &mut Reader, object: &Object, clause: &SyntaxNode) {
    let Some(parameter) = child(clause, Kind::CONFIG_PARAMETER_REF) else {
        return reader.unknown(
            clause,
            "which settings it resets depends on which there are",
        );
    };
    let key = format!("setting {}", segments(&parameter).join("."));
    let value = match clause.kind() {
        Kind::SET_CONFIG_PARAM => child(clause, Kind::TO_CONFIG_VALUE).map(|value| normal(&value)),
        _ => Some("reset".to_owned()),
    };
    let Some(value) = value else {
        return reader.unknown(clause, "the value is the session's own");
    };
    let value = value.trim_start_matches("to ").trim_start_matches("= ");
    set(reader, object, Attribute::Option(key), value, &parameter);
}

/// `OPTIONS (…)` of what belongs to a foreign data wrapper.
pub(super) fn options(reader: &mut Reader, object: &Object, list: &SyntaxNode) {
    for option in list.children() {
        let key = (option.children().next()).map(|key| normalize_name_node(&key));
        let key = Attribute::Option(key.unwrap_or_default());
        set(reader, object, key, normal(&option), &option);
    }
}

/// What belongs to the name of an object: the table of a trigger, the server of a user mapping.
fn beside(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::IF_EXISTS
            | Kind::ON_RELATION
            | Kind::ON_TABLE
            | Kind::RESTRICT
            | Kind::SERVER_CLAUSE
            | Kind::USING_METHOD
    )
}

fn option_key(option: &SyntaxNode) -> String {
    let keys = (option.children()).filter(|child| child.kind() != Kind::ATTRIBUTE_VALUE);
    let keys: Vec<String> = keys.map(|key| normal(&key)).collect();
    keys.join(".")
}

fn is_rename(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::AGGREGATE_RENAME_TO
            | Kind::COLLATION_RENAME_TO
            | Kind::CONVERSION_RENAME_TO
            | Kind::DATABASE_RENAME_TO
            | Kind::DOMAIN_RENAME_TO
            | Kind::EVENT_TRIGGER_RENAME_TO
            | Kind::FOREIGN_DATA_WRAPPER_RENAME_TO
            | Kind::FUNCTION_RENAME_TO
            | Kind::LANGUAGE_RENAME_TO
            | Kind::OP_CLASS_RENAME_TO
            | Kind::OP_FAMILY_RENAME_TO
            | Kind::POLICY_RENAME_TO
            | Kind::PROCEDURE_RENAME_TO
            | Kind::PROPERTY_GRAPH_RENAME_TO
            | Kind::PUBLICATION_RENAME_TO
            | Kind::ROLE_RENAME_TO
            | Kind::ROUTINE_RENAME_TO
            | Kind::RULE_RENAME_TO
            | Kind::SCHEMA_RENAME_TO
            | Kind::SEQUENCE_RENAME_TO
            | Kind::SERVER_RENAME_TO
            | Kind::SUBSCRIPTION_RENAME_TO
            | Kind::TABLESPACE_RENAME_TO
            | Kind::TEXT_SEARCH_CONFIGURATION_RENAME_TO
            | Kind::TEXT_SEARCH_DICTIONARY_RENAME_TO
            | Kind::TEXT_SEARCH_PARSER_RENAME_TO
            | Kind::TEXT_SEARCH_TEMPLATE_RENAME_TO
            | Kind::TRIGGER_RENAME_TO
            | Kind::TYPE_RENAME_TO
    )
}
