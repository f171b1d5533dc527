//! Indexes.

use squawk_syntax::SourceFile;
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::column_name::ColumnName;

use super::constraint::columns_among;
use super::default_name::{Among, addition, choose, index_columns};
use super::{access, column, removal};
use crate::effect::{Action, Columns, Need, Object, Part};
use crate::query;
use crate::reader::{Reader, normal, segments};

/// `CREATE INDEX`.
pub(super) fn create(reader: &mut Reader, create: &ast::CreateIndex) {
    let Some(table) = (create.table_relation_name())
        .and_then(|relation| relation.table_name_ref())
        .and_then(|name| name.path_ref())
    else {
        return reader.unknown(create.syntax(), "the index has no table");
    };
    let relation = reader.name(table.syntax());
    let path = create.index().and_then(|index| index.path());
    let given = path.as_ref().and_then(|path| segments(path.syntax()).pop());
    let unnamed = given.is_none();
    let included = create
        .index_include_clause()
        .and_then(|include| include.partition_item_list());
    let items = || {
        create
            .partition_item_list()
            .into_iter()
            .flat_map(|list| list.partition_items())
    };
    let chosen = given.unwrap_or_else(|| {
        let included = included
            .iter()
            .flat_map(ast::PartitionItemList::partition_items);
        let names = items().chain(included).filter_map(|item| item.expr());
        let middle = addition(&index_columns(names.map(|expr| column_name(&expr))));
        choose(reader, &relation, Some(&middle), "idx", Among::Relations)
    });
    let action = Action::Create {
        definition: normal(create.syntax()),
        tolerant: create.if_not_exists().is_some(),
        replace: false,
        unnamed,
    };
    let shown = path.as_ref().map_or(create.syntax(), |path| path.syntax());
    let index = Reader::beside(&relation, chosen.clone());
    reader.emit(Object::Relation(index), action.clone(), shown);
    reader.emit(
        Object::Part(relation.clone(), Part::Index(chosen)),
        action,
        table.syntax(),
    );
    let needs = reader.gather(|reader| {
        for item in items() {
            query::columns_in(reader, &relation, item.syntax(), Need::Operators);
        }
        if let Some(condition) = create.where_clause() {
            query::columns_in(reader, &relation, condition.syntax(), Need::Operators);
        }
    });
    let columns = columns_among(&needs, &relation);
    reader.append(needs);
    if let Some(included) = included {
        query::columns_in(reader, &relation, included.syntax(), Need::Operators);
    }
    items().for_each(|item| item_needs(reader, &item));
    access::storage(reader, create.using_method(), create.tablespace_clause());
    // Rows that are there may be equal, and an expression may fail for one of them.
    let computes = create.where_clause().is_some()
        || items().any(|item| !matches!(bare(&item), Some(ast::Expr::NameRef(_))));
    if create.unique_token().is_some() || computes {
        let columns = Columns::Some(columns);
        reader.emit(
            Object::rows(&relation),
            Action::Read { columns },
            table.syntax(),
        );
    }
}

/// `DROP INDEX`.
pub(super) fn drop(reader: &mut Reader, drop: &ast::DropIndex) {
    let behavior = drop.drop_behavior();
    for index in drop.index_refs() {
        let name = reader.name(index.syntax());
        let action = removal::action(drop.if_exists().is_some(), behavior.as_ref());
        reader.emit(Object::Relation(name), action, index.syntax());
    }
    removal::others(reader, behavior.as_ref());
}

/// `REINDEX` changes nothing but where the index lies.
pub(super) fn reindex(reader: &mut Reader, reindex: &ast::Reindex) {
    let tablespace = (reindex.reindex_option_list())
        .into_iter()
        .flat_map(|options| options.reindex_options())
        .find_map(|option| match option {
            ast::ReindexOption::ReindexOptionTablespace(tablespace) => tablespace.tablespace_ref(),
            _ => None,
        });
    let path = match reindex.reindex_target() {
        Some(ast::ReindexTarget::ReindexTargetIndex(target)) => {
            target.index_ref().and_then(|index| index.path_ref())
        }
        Some(ast::ReindexTarget::ReindexTargetTable(target)) => {
            target.table_name_ref().and_then(|table| table.path_ref())
        }
        // Of all indexes, those that go meanwhile are passed over.
        _ if tablespace.is_none() => return,
        _ => None,
    };
    let Some(path) = path else {
        return reader.unknown(reindex.syntax(), "it moves every index");
    };
    let object = Object::Relation(reader.name(path.syntax()));
    reader.need(object.clone(), Need::Existence, path.syntax());
    if let Some(tablespace) = tablespace {
        access::set_tablespace(reader, object, &tablespace);
    }
}

/// What PostgreSQL calls an index's column (`FigureIndexColname`).
pub(super) fn column_name(expr: &ast::Expr) -> String {
    let nameless = || "expr".to_owned();
    // The rules are those of a query's columns, and can be had for a query only.
    let query = format!("select {}", expr.syntax().text());
    let file = SourceFile::parse(&query).tree();
    let target = file.syntax().descendants().find_map(ast::Target::cast);
    match target.and_then(ColumnName::inferred_from_target) {
        Some((ColumnName::Column(name) | ColumnName::UnknownColumn(Some(name)), _)) => {
            name.to_string()
        }
        _ => nameless(),
    }
}

/// What stands in one place of the list: operator class, collation.
fn item_needs(reader: &mut Reader, item: &ast::PartitionItem) {
    for collate in item.syntax().descendants().filter_map(ast::Collate::cast) {
        column::need_collation(reader, &collate);
    }
    if let Some(class) = item.op_class_ref() {
        let name = reader.name(class.syntax());
        let kind = "operator class".to_owned();
        reader.need(
            Object::Other { kind, name },
            Need::Existence,
            class.syntax(),
        );
    }
}

/// An item's expression without its collation.
fn bare(item: &ast::PartitionItem) -> Option<ast::Expr> {
    match item.expr() {
        Some(ast::Expr::Collate(collate)) => collate.expr(),
        expr => expr,
    }
}
