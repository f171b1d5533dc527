//! Roles, databases and the server's settings: what all databases of a server share.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::{Attribute, Object};
use crate::reader::{Reader, normal, segments};
use crate::statement::{define, needs, object};

/// Where names are found is each session's own business, and starts with these settings.
const FOUND: &str = "names are found elsewhere in sessions that begin later";

/// CREATE ROLE, USER and GROUP.
pub(super) fn create(reader: &mut Reader, statement: &SyntaxNode) {
    define::create(reader, statement);
    let Some((Object::Other { name: role, .. }, _)) = object::first(reader, statement) else {
        return;
    };
    let lists = (statement.descendants()).filter(|node| node.kind() == Kind::ROLE_REF_LIST);
    for list in lists {
        let joins = list.parent().is_some_and(|option| {
            matches!(
                option.kind(),
                Kind::ROLE_OPTION_IN_ROLE | Kind::ROLE_OPTION_IN_GROUP
            )
        });
        for other in list.children() {
            let name = object::role(&other);
            let (group, member) = if joins {
                (name, role.name.clone())
            } else {
                (role.name.clone(), name)
            };
            membership(reader, group, member, "granted", &other);
        }
    }
}

/// ALTER ROLE and USER.
pub(super) fn alter(reader: &mut Reader, statement: &SyntaxNode) {
    // ALL roles have no name.
    if !define::has(statement, Kind::ROLE_REF) {
        return reader.unknown(statement, "it changes every role");
    }
    define::alter(reader, statement, |reader, role, clause| {
        match clause.kind() {
            Kind::IN_DATABASE => needs::below(reader, clause),
            Kind::ROLE_OPTION_LIST => {
                for option in clause.children() {
                    let (key, value) = role_option(&option);
                    define::set(reader, role, Attribute::Option(key), value, &option);
                }
            }
            Kind::SET_CONFIG_PARAM | Kind::RESET_CONFIG_PARAM => {
                define::setting(reader, role, clause);
                found_elsewhere(reader, clause);
            }
            _ => return false,
        }
        true
    });
}

/// ALTER GROUP.
pub(super) fn alter_group(reader: &mut Reader, alter: &ast::AlterGroup) {
    define::alter(reader, alter.syntax(), |reader, group, clause| {
        let value = match clause.kind() {
            Kind::ADD_USERS => "granted",
            Kind::DROP_USERS => "revoked",
            _ => return false,
        };
        if let Object::Other { name: group, .. } = group {
            for user in clause.children() {
                let member = object::role(&user);
                membership(reader, group.name.clone(), member, value, &user);
            }
        }
        needs::below(reader, clause);
        true
    });
}

/// ALTER DATABASE.
pub(super) fn alter_database(reader: &mut Reader, alter: &ast::AlterDatabase) {
    define::alter(reader, alter.syntax(), |reader, database, clause| {
        match clause.kind() {
            Kind::DATABASE_OPTION_LIST => {
                for option in clause.children() {
                    let words = normal(&option);
                    let key = words.split(' ').next().unwrap_or_default().to_owned();
                    define::set(reader, database, Attribute::Option(key), words, &option);
                    needs::below(reader, &option);
                }
            }
            Kind::SET_TABLESPACE => {
                let tablespace = clause.first_child();
                let value = tablespace.as_ref().map(normal).unwrap_or_default();
                define::set(reader, database, Attribute::Tablespace, value, clause);
                needs::below(reader, clause);
            }
            Kind::SET_CONFIG_PARAM | Kind::RESET_CONFIG_PARAM => {
                define::setting(reader, database, clause);
                found_elsewhere(reader, clause);
            }
            _ => return false,
        }
        true
    });
}

/// ALTER SYSTEM: a setting of the whole server.
pub(super) fn alter_system(reader: &mut Reader, alter: &ast::AlterSystem) {
    let Some(action) = alter.action() else {
        return reader.unknown(alter.syntax(), "the setting was not read");
    };
    let server = Object::other("system", object::global("settings"));
    define::setting(reader, &server, action.syntax());
    found_elsewhere(reader, action.syntax());
}

/// ALTER LARGE OBJECT: to whom it belongs.
pub(super) fn alter_large_object(reader: &mut Reader, alter: &ast::AlterLargeObject) {
    define::alter(reader, alter.syntax(), |reader, object, clause| {
        let is_role = clause.kind() == Kind::ROLE_REF;
        if is_role {
            define::owner(reader, object, clause);
        }
        is_role
    });
    needs::below(reader, alter.syntax());
}

/// DROP OWNED and REASSIGN OWNED: what a role owns stands nowhere in the text.
pub(super) fn owned(reader: &mut Reader, statement: &SyntaxNode) {
    reader.unknown(statement, "what a role owns is not in the text");
}

fn membership(reader: &mut Reader, group: String, member: String, value: &str, shown: &SyntaxNode) {
    let group = Object::other("role", object::global(group));
    let attribute = Attribute::Privilege {
        grantee: member,
        privilege: "membership".to_owned(),
    };
    define::set(reader, &group, attribute, value, &object::shown(shown));
}

/// An option by its name: `login` and `nologin` are values of one. A password is not repeated.
fn role_option(option: &SyntaxNode) -> (String, String) {
    let words = normal(option);
    match option.kind() {
        Kind::ROLE_OPTION_PASSWORD | Kind::ROLE_OPTION_ENCRYPTED_PASSWORD => {
            ("password".to_owned(), "another".to_owned())
        }
        Kind::ROLE_OPTION_CONNECTION_LIMIT => ("connection limit".to_owned(), words),
        Kind::ROLE_OPTION_VALID_UNTIL => ("valid until".to_owned(), words),
        _ => {
            let word = words.split(' ').next().unwrap_or_default().to_owned();
            let key = word.strip_prefix("no").map_or(word.clone(), str::to_owned);
            (key, words)
        }
    }
}

fn found_elsewhere(reader: &mut Reader, clause: &SyntaxNode) {
    let parameter = define::child(clause, Kind::CONFIG_PARAMETER_REF);
    if let Some(parameter) = parameter
        && matches!(
            segments(&parameter).join(".").as_str(),
            "search_path" | "role"
        )
    {
        reader.unknown(&parameter, FOUND);
    }
}
