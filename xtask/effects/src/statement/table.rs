//! Tables that are made and dropped.

use squawk_syntax::ast::{self, AstNode};

use super::constraint::{self, Made, Place};
use super::{access, column, partition, removal, type_name};
use crate::effect::{Action, Need, Object};
use crate::name::Name;
use crate::query;
use crate::reader::{Reader, normal};
use crate::statement::object::global;

/// `CREATE TABLE`.
pub(super) fn create(reader: &mut Reader, create: &ast::CreateTable) {
    let Some(path) = create.table_name() else {
        return reader.unknown(create.syntax(), "the table has no name");
    };
    let name = made(reader, &path, create.persistence().as_ref());
    let tolerant = create.if_not_exists().is_some();
    emit(reader, &name, tolerant, create.syntax(), &path);
    if let Some(of) = create.of_type() {
        of_type(reader, &of);
    }
    arguments(reader, &name, tolerant, create.table_arg_list());
    if let Some(parent) = create.partition_of().and_then(|of| of.table_name_ref()) {
        partition::made(reader, &name, &parent, create.partition_type().as_ref());
    }
    if let Some(by) = create.partition_by() {
        let place = Place {
            relation: &name,
            column: None,
            made: Made::Table,
            tolerant,
        };
        let needs = reader.gather(|reader| {
            if let Some(items) = by.partition_item_list() {
                query::columns_in(reader, &name, items.syntax(), Need::Type);
            }
        });
        constraint::append_elsewhere(reader, &place, needs);
    }
    partition::inherits(reader, &name, create.inherits());
    access::storage(reader, create.using_method(), create.tablespace_clause());
}

/// `CREATE FOREIGN TABLE`.
pub(super) fn create_foreign(reader: &mut Reader, create: &ast::CreateForeignTable) {
    let Some(path) = create.table_name() else {
        return reader.unknown(create.syntax(), "the table has no name");
    };
    let name = made(reader, &path, None);
    let tolerant = create.if_not_exists().is_some();
    emit(reader, &name, tolerant, create.syntax(), &path);
    arguments(reader, &name, tolerant, create.table_arg_list());
    if let Some(parent) = create.partition_of().and_then(|of| of.table_name_ref()) {
        partition::made(reader, &name, &parent, create.partition_type().as_ref());
    }
    partition::inherits(reader, &name, create.inherits());
    if let Some(server) = create
        .server_clause()
        .and_then(|clause| clause.server_ref())
    {
        let name = crate::reader::text(Some(server.clone())).unwrap_or_default();
        reader.need(
            Object::other("server", global(name)),
            Need::Existence,
            server.syntax(),
        );
    }
}

/// `DROP TABLE`, `DROP FOREIGN TABLE`.
pub(super) fn drop(
    reader: &mut Reader,
    tables: impl Iterator<Item = ast::TableNameRef>,
    tolerant: bool,
    behavior: Option<&ast::DropBehavior>,
) {
    let action = removal::action(tolerant, behavior);
    for table in tables {
        let name = reader.name(table.syntax());
        reader.emit(
            Object::Relation(name.clone()),
            action.clone(),
            table.syntax(),
        );
        reader.reveal(&name);
    }
    removal::others(reader, behavior);
}

/// `OF type`: the table has the type's columns.
pub(super) fn of_type(reader: &mut Reader, of: &ast::OfType) {
    match of.ty() {
        Some(ty) => type_name::need(reader, &ty),
        None => reader.unknown(of.syntax(), "it does not say which type"),
    }
}

/// The name of a new table. A temporary one outlives no session.
fn made(
    reader: &mut Reader,
    path: &ast::TableName,
    persistence: Option<&ast::Persistence>,
) -> Name {
    let name = reader.new_name(path.syntax());
    match persistence {
        Some(ast::Persistence::Temp(_)) => reader.new_temporary(path.syntax()),
        _ if name
            .schemas
            .first()
            .is_some_and(|schema| schema == "pg_temp") =>
        {
            reader.new_temporary(path.syntax())
        }
        _ => name,
    }
}

fn emit(
    reader: &mut Reader,
    name: &Name,
    tolerant: bool,
    node: &squawk_syntax::SyntaxNode,
    path: &ast::TableName,
) {
    let action = Action::Create {
        definition: normal(node),
        tolerant,
        replace: false,
        unnamed: false,
    };
    reader.emit(Object::Relation(name.clone()), action, path.syntax());
}

fn arguments(
    reader: &mut Reader,
    relation: &Name,
    tolerant: bool,
    list: Option<ast::TableArgList>,
) {
    for argument in list.into_iter().flat_map(|list| list.args()) {
        match argument {
            ast::TableArg::Column(column) => {
                column::of_new_table(reader, relation, tolerant, &column);
            }
            ast::TableArg::LikeClause(like) => self::like(reader, &like),
            ast::TableArg::TableConstraint(constraint) => {
                let place = Place {
                    relation,
                    column: None,
                    made: Made::Table,
                    tolerant,
                };
                match ast::Constraint::cast(constraint.syntax().clone()) {
                    Some(constraint) => constraint::effects(reader, &place, &constraint),
                    None => reader.unknown(
                        constraint.syntax(),
                        "no rule says what this constraint does",
                    ),
                }
            }
        }
    }
}

/// `LIKE other INCLUDING …`.
fn like(reader: &mut Reader, like: &ast::LikeClause) {
    let Some(source) = like.relation_name_ref() else {
        return reader.unknown(like.syntax(), "it does not say which table it is like");
    };
    // Even without INCLUDING, what may be null is copied with the columns.
    let object = Object::Relation(reader.name(source.syntax()));
    reader.need(object, Need::Definition, source.syntax());
}
