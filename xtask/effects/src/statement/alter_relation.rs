//! `ALTER VIEW`, `ALTER MATERIALIZED VIEW`, `ALTER INDEX`: their own words for what ALTER TABLE does to a table.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::alter_table::{self, Altered};
use super::{column, option};
use crate::effect::{Action, Attribute, Need, Object};
use crate::query;
use crate::reader::{Reader, normal, text};
use crate::statement::object::global;

/// `ALTER VIEW`.
pub(super) fn view(reader: &mut Reader, alter: &ast::AlterView) {
    let (Some(view), Some(action)) = (alter.view_ref(), alter.action()) else {
        return reader.unknown(
            alter.syntax(),
            "it does not say which view, or what changes",
        );
    };
    let name = reader.name(view.syntax());
    let altered = Altered {
        name: &name,
        node: view.syntax(),
    };
    match &action {
        ast::AlterViewAction::AlterViewColumn(alter) => view_column(reader, &altered, alter),
        ast::AlterViewAction::OwnerTo(owner) => altered.owner(reader, owner),
        ast::AlterViewAction::RenameColumn(it) => altered.rename_column(reader, it),
        ast::AlterViewAction::ResetOptions(reset) => {
            option::reset(reader, &altered.object(), reset.attribute_list());
        }
        ast::AlterViewAction::SetOptions(set) => {
            option::set(reader, &altered.object(), set.attribute_list());
        }
        ast::AlterViewAction::SetSchema(set) => altered.set_schema(reader, set),
        ast::AlterViewAction::ViewRenameTo(it) => {
            altered.rename(
                reader,
                it.view().map(|view| view.syntax().clone()),
                it.syntax(),
            );
        }
    }
}

/// `ALTER MATERIALIZED VIEW`.
pub(super) fn materialized_view(reader: &mut Reader, alter: &ast::AlterMaterializedView) {
    if let Some(all) = alter.all_in_tablespace() {
        return alter_table::all_in_tablespace(reader, &all);
    }
    let Some(view) = alter.view_ref() else {
        return reader.unknown(alter.syntax(), "it does not say which view");
    };
    let name = reader.name(view.syntax());
    let altered = Altered {
        name: &name,
        node: view.syntax(),
    };
    for action in alter.action() {
        match &action {
            ast::AlterMaterializedViewAction::AlterTableAction(action) => {
                alter_table::action(reader, &altered, action);
            }
            ast::AlterMaterializedViewAction::DependsOnExtension(it) => {
                depends(reader, &altered, it.extension_ref(), "depends");
            }
            ast::AlterMaterializedViewAction::NoDependsOnExtension(it) => {
                depends(reader, &altered, it.extension_ref(), "independent");
            }
            ast::AlterMaterializedViewAction::RenameColumn(it) => altered.rename_column(reader, it),
            ast::AlterMaterializedViewAction::SetSchema(set) => altered.set_schema(reader, set),
            ast::AlterMaterializedViewAction::ViewRenameTo(it) => {
                altered.rename(
                    reader,
                    it.view().map(|view| view.syntax().clone()),
                    it.syntax(),
                );
            }
        }
    }
}

/// `ALTER INDEX`.
pub(super) fn index(reader: &mut Reader, alter: &ast::AlterIndex) {
    if let Some(all) = alter.all_in_tablespace() {
        return alter_table::all_in_tablespace(reader, &all);
    }
    let (Some(index), Some(action)) = (alter.index_ref(), alter.action()) else {
        return reader.unknown(
            alter.syntax(),
            "it does not say which index, or what changes",
        );
    };
    let name = reader.name(index.syntax());
    let altered = Altered {
        name: &name,
        node: index.syntax(),
    };
    match &action {
        ast::AlterIndexAction::AlterSetStatistics(set) => index_column(reader, &altered, set),
        ast::AlterIndexAction::AttachIndexPartition(attach) => {
            let Some(child) = attach.index_ref() else {
                return reader.unknown(attach.syntax(), "it does not say which index");
            };
            let object = Object::Relation(reader.name(child.syntax()));
            let action = Action::Set {
                attribute: Attribute::Parent(name.to_string()),
                value: "attach".to_owned(),
            };
            reader.emit(object, action, child.syntax());
            reader.need(altered.object(), Need::Existence, altered.node);
        }
        ast::AlterIndexAction::DependsOnExtension(it) => {
            depends(reader, &altered, it.extension_ref(), "depends");
        }
        ast::AlterIndexAction::IndexRenameTo(it) => {
            altered.rename(
                reader,
                it.index().map(|index| index.syntax().clone()),
                it.syntax(),
            );
        }
        ast::AlterIndexAction::NoDependsOnExtension(it) => {
            depends(reader, &altered, it.extension_ref(), "independent");
        }
        ast::AlterIndexAction::ResetOptions(reset) => {
            option::reset(reader, &altered.object(), reset.attribute_list());
        }
        ast::AlterIndexAction::SetOptions(set) => {
            option::set(reader, &altered.object(), set.attribute_list());
        }
        ast::AlterIndexAction::SetTablespace(set) => altered.tablespace(reader, set),
    }
}

/// `CLUSTER`: only the choice of the index stays.
pub(super) fn cluster(reader: &mut Reader, cluster: &ast::Cluster) {
    let (table, index) = match cluster.cluster_legacy() {
        Some(legacy) => (
            legacy.on_path().and_then(|on| on.table_name_ref()),
            legacy.index_ref(),
        ),
        None => (
            cluster.table_name_ref(),
            (cluster.cluster_using_index()).and_then(|using| using.index_ref()),
        ),
    };
    let Some(table) = table else { return };
    let name = reader.name(table.syntax());
    let altered = Altered {
        name: &name,
        node: table.syntax(),
    };
    match index {
        Some(index) => altered.set_index(reader, Attribute::Cluster, Some(index)),
        None => reader.need(altered.object(), Need::Existence, altered.node),
    }
}

fn view_column(reader: &mut Reader, altered: &Altered<'_>, alter: &ast::AlterViewColumn) {
    let Some((name, node)) = column::name(alter.name()) else {
        return reader.unknown(alter.syntax(), "it does not say which column");
    };
    let expr = match alter.alter_view_column_action() {
        Some(ast::AlterViewColumnAction::SetDefault(set)) => set.expr(),
        Some(ast::AlterViewColumnAction::DropDefault(_)) => None,
        None => return reader.unknown(alter.syntax(), "it does not say what changes"),
    };
    let value = expr.as_ref().map(|expr| normal(expr.syntax()));
    let action = Action::Set {
        attribute: Attribute::Default,
        value: value.unwrap_or_else(|| "none".to_owned()),
    };
    reader.emit(Object::column(altered.name, name), action, &node);
    if let Some(expr) = expr {
        query::columns_in(reader, altered.name, expr.syntax(), Need::Existence);
    }
}

/// `ALTER COLUMN 1 SET STATISTICS 100`: an index's columns go by their number.
fn index_column(reader: &mut Reader, altered: &Altered<'_>, set: &ast::AlterSetStatistics) {
    let number: Option<SyntaxNode> = (set.literal().map(|number| number.syntax().clone()))
        .or_else(|| set.column_name_ref().map(|name| name.syntax().clone()));
    let Some(number) = number else {
        return reader.unknown(set.syntax(), "it does not say which column");
    };
    let object = Object::column(altered.name, normal(&number));
    if let Some(statistics) = set.set_statistics() {
        let action = Action::Set {
            attribute: Attribute::Statistics,
            value: normal(statistics.syntax()),
        };
        reader.emit(object.clone(), action, &number);
    }
    if let Some(options) = set.set_options() {
        option::set(reader, &object, options.attribute_list());
    }
}

fn depends(
    reader: &mut Reader,
    altered: &Altered<'_>,
    extension: Option<ast::ExtensionRef>,
    value: &str,
) {
    let Some(extension) = extension else {
        return reader.unknown(altered.node, "it does not say which extension");
    };
    let name = text(Some(extension.clone())).unwrap_or_default();
    let attribute = Attribute::Option(format!("extension {name}"));
    altered.set(reader, attribute, value, extension.syntax());
    let object = Object::other("extension", global(name));
    reader.need(object, Need::Existence, extension.syntax());
}
