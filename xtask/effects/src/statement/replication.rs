//! Publications and subscriptions.

use squawk_syntax::ast::{self, AstNode, normalize_name_node};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::{Attribute, Need, Object};
use crate::query;
use crate::reader::{Reader, normal};
use crate::statement::{define, needs, object};

/// A published table without a replica identity refuses UPDATE and DELETE.
const EVERY_TABLE: &str = "updates of a table without a replica identity fail once it is published";

const SUBSCRIBED: &str = "rows come from another server";

/// CREATE PUBLICATION.
pub(super) fn create_publication(reader: &mut Reader, create: &ast::CreatePublication) {
    let statement = create.syntax();
    let Some((publication, name)) = object::first(reader, statement) else {
        return reader.unknown(statement, "the publication has no name");
    };
    define::create_as(reader, publication.clone(), &name, statement);
    for clause in statement.children() {
        members(reader, &publication, &clause);
    }
}

/// ALTER PUBLICATION.
pub(super) fn alter_publication(reader: &mut Reader, alter: &ast::AlterPublication) {
    define::alter(reader, alter.syntax(), |reader, publication, clause| {
        members(reader, publication, clause)
    });
}

/// CREATE SUBSCRIPTION.
pub(super) fn create_subscription(reader: &mut Reader, create: &ast::CreateSubscription) {
    let statement = create.syntax();
    let Some((subscription, name)) = object::first(reader, statement) else {
        return reader.unknown(statement, "the subscription has no name");
    };
    define::create_as(reader, subscription, &name, statement);
    reader.unknown(statement, SUBSCRIBED);
}

/// ALTER SUBSCRIPTION.
pub(super) fn alter_subscription(reader: &mut Reader, alter: &ast::AlterSubscription) {
    define::alter(reader, alter.syntax(), |reader, _, clause| {
        let shared = matches!(
            clause.kind(),
            Kind::OWNER_TO | Kind::SUBSCRIPTION_RENAME_TO | Kind::SET_OPTIONS
        );
        if !shared {
            reader.unknown(clause, SUBSCRIBED);
        }
        !shared
    });
}

/// Tables that are added to a publication, are all that it has from now on, or leave it. Whether it is such a clause.
fn members(reader: &mut Reader, publication: &Object, clause: &SyntaxNode) -> bool {
    let verb = match clause.kind() {
        Kind::ADD_PUBLICATION_OBJECTS | Kind::FOR_PUBLICATION_OBJECTS => "add",
        Kind::DROP_PUBLICATION_OBJECTS => "drop",
        Kind::SET_PUBLICATION_OBJECTS => "set",
        Kind::FOR_ALL_PUBLICATION_OBJECTS | Kind::SET_ALL_PUBLICATION_OBJECT_LIST => {
            define::set(
                reader,
                publication,
                Attribute::Members,
                normal(clause),
                clause,
            );
            reader.unknown(clause, EVERY_TABLE);
            return true;
        }
        _ => return false,
    };
    for member in clause.children() {
        let value = format!("{verb} {}", normal(&member));
        match member.kind() {
            Kind::PUBLICATION_OBJECT_TABLE => {
                let Some((Object::Relation(table), name)) = object::first(reader, &member) else {
                    reader.unknown(&member, "the table was not read");
                    continue;
                };
                define::set(reader, publication, Attribute::Members, value, &name);
                let relation = Object::Relation(table.clone());
                if let Object::Other {
                    name: publication, ..
                } = publication
                {
                    let option = Attribute::Option(format!("publication {}", publication.name));
                    let value = if verb == "drop" { "left" } else { "joined" };
                    define::set(reader, &relation, option, value, &name);
                }
                if let Some(columns) = define::child(&member, Kind::COLUMN_REF_LIST) {
                    for column in columns.children() {
                        let object = Object::column(&table, normalize_name_node(&column));
                        reader.need(object, Need::Existence, &column);
                    }
                }
                if let Some(condition) = define::child(&member, Kind::WHERE_CONDITION_CLAUSE) {
                    query::columns_in(reader, &table, &condition, Need::Type);
                }
            }
            _ => {
                define::set(reader, publication, Attribute::Members, value, &member);
                needs::below(reader, &member);
                reader.unknown(&member, EVERY_TABLE);
            }
        }
    }
    true
}
