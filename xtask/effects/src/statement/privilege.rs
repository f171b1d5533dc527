//! GRANT, REVOKE and ALTER DEFAULT PRIVILEGES: one effect for each object, grantee and privilege.

use squawk_syntax::ast::{self, AstNode, NameLike};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::{Attribute, Object};
use crate::reader::{Reader, normal};
use crate::statement::{define, needs, object};

/// GRANT.
pub(super) fn grant(reader: &mut Reader, grant: &ast::Grant) {
    change(reader, grant.syntax());
}

/// REVOKE.
pub(super) fn revoke(reader: &mut Reader, revoke: &ast::Revoke) {
    change(reader, revoke.syntax());
}

/// ALTER DEFAULT PRIVILEGES: of a schema, or of the role whose objects they are for.
pub(super) fn defaults(reader: &mut Reader, alter: &ast::AlterDefaultPrivileges) {
    let statement = alter.syntax();
    let Some(action) = alter.action() else {
        return reader.unknown(statement, "which privileges change was not read");
    };
    let action = action.syntax();
    let Some(target) = action
        .children()
        .find(|child| ast::PrivilegeTarget::can_cast(child.kind()))
    else {
        return reader.unknown(statement, "what the privileges are for was not read");
    };
    let of = normal(&target);
    let makers = match define::child(statement, Kind::FOR_ROLES) {
        Some(makers) => roles(&makers),
        None => vec![("current_user".to_owned(), target.clone())],
    };
    let schemas = define::child(statement, Kind::IN_SCHEMAS);
    let schemas = schemas.map_or(Vec::new(), |clause| object::all(reader, &clause));
    for (maker, shown) in &makers {
        let (objects, whose) = match schemas.is_empty() {
            true => {
                let role = Object::other("role", object::global(maker.clone()));
                (vec![(role, shown.clone())], String::new())
            }
            false if maker == "current_user" => (schemas.clone(), String::new()),
            false => (schemas.clone(), format!(" of {maker}")),
        };
        for privilege in privileges(action, target.kind()) {
            let name = format!("default {} on {of}{whose}", privilege.name);
            for (object, name_of_it) in &objects {
                to_each(reader, object, &name, action, name_of_it);
            }
        }
    }
    for node in [statement, action] {
        for clause in node.children() {
            if matches!(
                clause.kind(),
                Kind::FOR_ROLES | Kind::IN_SCHEMAS | Kind::ROLE_REF_LIST
            ) {
                needs::below(reader, &clause);
            }
        }
    }
    if schemas.is_empty() {
        reader.unknown(action, "it is about what is made later, in every schema");
    }
    revoke_cascade(reader, action);
}

fn change(reader: &mut Reader, statement: &SyntaxNode) {
    match define::child(statement, Kind::ON_PRIVILEGE_OBJECTS_CLAUSE) {
        Some(clause) => match clause.first_child() {
            Some(objects) => on_objects(reader, statement, &objects),
            None => reader.unknown(statement, "the objects were not read"),
        },
        None => memberships(reader, statement),
    }
    if let Some(grantees) = define::child(statement, Kind::ROLE_REF_LIST) {
        needs::below(reader, &grantees);
    }
    revoke_cascade(reader, statement);
}

fn on_objects(reader: &mut Reader, statement: &SyntaxNode, objects: &SyntaxNode) {
    let named = object::all(reader, objects);
    if named.is_empty() {
        return reader.unknown(objects, "which objects these are was not read");
    }
    let everything = every(objects.kind());
    for privilege in privileges(statement, objects.kind()) {
        for (object, name) in &named {
            let shown = object::shown(name);
            match (&privilege.columns, object) {
                (Some(columns), Object::Relation(relation)) => {
                    for column in columns
                        .syntax()
                        .children()
                        .filter_map(ast::ColumnNameRef::cast)
                    {
                        let object = Object::column(relation, NameLike::text(&column));
                        to_each(reader, &object, &privilege.name, statement, column.syntax());
                    }
                }
                _ => {
                    let name = match everything {
                        Some(kind) => format!("{} on all {kind}", privilege.name),
                        None => privilege.name.clone(),
                    };
                    to_each(reader, object, &name, statement, &shown);
                }
            }
        }
    }
}

/// GRANT of a role to roles.
fn memberships(reader: &mut Reader, statement: &SyntaxNode) {
    let granted = (statement.descendants())
        .filter_map(ast::RevokeCommand::cast)
        .filter_map(|command| define::child(command.syntax(), Kind::ROLE_REF));
    for role in granted {
        let object = Object::other("role", object::global(object::role(&role)));
        to_each(
            reader,
            &object,
            "membership",
            statement,
            &object::shown(&role),
        );
    }
}

fn to_each(
    reader: &mut Reader,
    object: &Object,
    privilege: &str,
    statement: &SyntaxNode,
    shown: &SyntaxNode,
) {
    let value = value(statement);
    for (grantee, _) in roles(statement) {
        let attribute = Attribute::Privilege {
            grantee,
            privilege: privilege.to_owned(),
        };
        define::set(reader, object, attribute, value.clone(), shown);
    }
}

fn value(statement: &SyntaxNode) -> String {
    let option = statement
        .children()
        .find(|child| ast::RevokeOptionFor::can_cast(child.kind()));
    let revokes = matches!(
        statement.kind(),
        Kind::REVOKE | Kind::REVOKE_DEFAULT_PRIVILEGES
    );
    match (option, define::child(statement, Kind::GRANT_WITH_CLAUSE)) {
        (Some(option), _) => format!("revoked {}", normal(&option).trim_end_matches(" for")),
        (None, Some(clause)) => format!("granted {}", normal(&clause)),
        (None, None) if revokes => "revoked".to_owned(),
        (None, None) => "granted".to_owned(),
    }
}

fn revoke_cascade(reader: &mut Reader, node: &SyntaxNode) {
    if let Some(cascade) = define::child(node, Kind::CASCADE) {
        reader.unknown(
            &cascade,
            "CASCADE revokes what the grantees granted in turn",
        );
    }
}

/// The roles of the list that is a child of `node`, with their names.
fn roles(node: &SyntaxNode) -> Vec<(String, SyntaxNode)> {
    let list = define::child(node, Kind::ROLE_REF_LIST);
    let roles = list.into_iter().flat_map(|list| list.children());
    roles.map(|role| (object::role(&role), role)).collect()
}

struct Privilege {
    name: String,
    columns: Option<ast::ColumnRefList>,
}

fn privileges(statement: &SyntaxNode, objects: Kind) -> Vec<Privilege> {
    if let Some(all) = statement.children().find_map(ast::AllPrivileges::cast) {
        let columns = all.column_ref_list();
        let names = match columns {
            Some(_) => &["select", "insert", "update", "references"],
            None => of_kind(objects),
        };
        let privilege = |name: &&str| Privilege {
            name: (*name).to_owned(),
            columns: columns.clone(),
        };
        return names.iter().map(privilege).collect();
    }
    let commands = (statement.children())
        .filter(|child| child.kind() == Kind::REVOKE_COMMAND_LIST)
        .flat_map(|list| list.children())
        .filter_map(ast::RevokeCommand::cast);
    let privilege = |command: ast::RevokeCommand| {
        let words = normal(command.syntax());
        let name = words.split(" (").next().unwrap_or_default();
        let name = if name == "temp" { "temporary" } else { name };
        Privilege {
            name: name.to_owned(),
            columns: command.column_ref_list(),
        }
    };
    commands.map(privilege).collect()
}

/// What ALL means; from the table of privileges in the manual's chapter 5.8, as of PostgreSQL 18.
fn of_kind(objects: Kind) -> &'static [&'static str] {
    match objects {
        Kind::PRIVILEGE_TABLE
        | Kind::PRIVILEGE_DEFAULT
        | Kind::PRIVILEGE_ALL_TABLES_IN_SCHEMA
        | Kind::PRIVILEGE_TARGET_TABLES => &[
            "select",
            "insert",
            "update",
            "delete",
            "truncate",
            "references",
            "trigger",
            "maintain",
        ],
        Kind::PRIVILEGE_SEQUENCE
        | Kind::PRIVILEGE_ALL_SEQUENCES_IN_SCHEMA
        | Kind::PRIVILEGE_TARGET_SEQUENCES => &["select", "update", "usage"],
        Kind::PRIVILEGE_FUNCTION
        | Kind::PRIVILEGE_PROCEDURE
        | Kind::PRIVILEGE_ROUTINE
        | Kind::PRIVILEGE_ALL_FUNCTIONS_IN_SCHEMA
        | Kind::PRIVILEGE_ALL_PROCEDURES_IN_SCHEMA
        | Kind::PRIVILEGE_ALL_ROUTINES_IN_SCHEMA
        | Kind::PRIVILEGE_TARGET_FUNCTIONS
        | Kind::PRIVILEGE_TARGET_ROUTINES => &["execute"],
        Kind::PRIVILEGE_SCHEMA | Kind::PRIVILEGE_TARGET_SCHEMAS => &["create", "usage"],
        Kind::PRIVILEGE_DATABASE => &["connect", "create", "temporary"],
        Kind::PRIVILEGE_LARGE_OBJECT | Kind::PRIVILEGE_TARGET_LARGE_OBJECTS => {
            &["select", "update"]
        }
        Kind::PRIVILEGE_PARAMETER => &["alter system", "set"],
        Kind::PRIVILEGE_PROPERTY_GRAPH => &["select"],
        Kind::PRIVILEGE_TABLESPACE => &["create"],
        // Domains, types, languages, servers and foreign data wrappers.
        _ => &["usage"],
    }
}

/// What `ALL … IN SCHEMA` is about.
fn every(objects: Kind) -> Option<&'static str> {
    match objects {
        Kind::PRIVILEGE_ALL_FUNCTIONS_IN_SCHEMA => Some("functions"),
        Kind::PRIVILEGE_ALL_PROCEDURES_IN_SCHEMA => Some("procedures"),
        Kind::PRIVILEGE_ALL_ROUTINES_IN_SCHEMA => Some("routines"),
        Kind::PRIVILEGE_ALL_SEQUENCES_IN_SCHEMA => Some("sequences"),
        Kind::PRIVILEGE_ALL_TABLES_IN_SCHEMA => Some("tables"),
        _ => None,
    }
}
