//! INSERT and ON CONFLICT.

use std::collections::BTreeSet;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::{Target, assignments, constraint, default, is_default, named, returning};
use crate::effect::{Columns, Need, Object, RowChange};
use crate::query::{Scope, Uses, expression, query};
use crate::reader::segments;

pub(super) fn insert(uses: &mut Uses<'_>, scope: &Scope<'_>, insert: &ast::Insert) {
    let Some(target) = Target::of(uses, insert.syntax(), SyntaxKind::RELATION_NAME_REF) else {
        return uses.unknown(insert.syntax(), "the statement has no table");
    };
    let columns = columns(uses, scope, &target, insert.column_target_list());
    let written = match &columns {
        Some(columns) => Columns::Some(columns.iter().cloned().collect()),
        None => Columns::All,
    };
    match insert.insert_source() {
        Some(ast::InsertSource::SelectVariant(source)) => {
            if columns.is_none() {
                by_position(uses, &target);
            }
            defaults(uses, &target, columns.as_deref(), source.syntax());
            target.write(uses, RowChange::Insert, written);
            query(uses, scope, source.syntax());
        }
        Some(ast::InsertSource::DefaultValues(_)) => {
            target.write(uses, RowChange::Insert, Columns::Some(BTreeSet::new()));
        }
        None => uses.unknown(insert.syntax(), "the statement has no values"),
    }
    let own = Scope::inside(scope, vec![target.source.clone()]);
    if let Some(conflict) = insert.on_conflict_clause() {
        on_conflict(uses, &own, &target, &conflict);
    }
    returning(uses, &own, &target, insert.returning_clause());
}

/// The columns of the list, if there is one.
pub(super) fn columns(
    uses: &mut Uses<'_>,
    scope: &Scope<'_>,
    target: &Target,
    list: Option<ast::ColumnTargetList>,
) -> Option<Vec<String>> {
    let list = list?;
    let names = list
        .column_targets()
        .filter_map(|column| named(uses, scope, &target.relation, &column));
    Some(names.collect())
}

/// Values without a list of columns go by their position.
pub(super) fn by_position(uses: &mut Uses<'_>, target: &Target) {
    uses.need(
        Object::Relation(target.relation.clone()),
        Need::Columns,
        &target.path,
    );
}

/// `default` among the values of VALUES.
pub(super) fn defaults(
    uses: &mut Uses<'_>,
    target: &Target,
    columns: Option<&[String]>,
    source: &SyntaxNode,
) {
    if source.kind() != SyntaxKind::VALUES {
        return;
    }
    for row in source.descendants().filter_map(ast::Row::cast) {
        for (at, value) in row.exprs().enumerate() {
            if !is_default(value.syntax()) {
                continue;
            }
            match columns {
                // Which column it is depends on their order, which is needed anyway.
                None => {}
                Some(columns) => {
                    if let Some(column) = columns.get(at) {
                        default(uses, &target.relation, column, value.syntax());
                    }
                }
            }
        }
    }
}

fn on_conflict(
    uses: &mut Uses<'_>,
    own: &Scope<'_>,
    target: &Target,
    clause: &ast::OnConflictClause,
) {
    match clause.conflict_target() {
        Some(ast::ConflictTarget::ConflictOnIndex(index)) => {
            uses.need(
                Object::Relation(target.relation.clone()),
                Need::Key,
                index.syntax(),
            );
            expression(uses, own, index.syntax());
        }
        Some(ast::ConflictTarget::ConflictOnConstraint(on)) => {
            if let Some(name) = on.constraint_name_ref()
                && let Some(last) = segments(name.syntax()).pop()
            {
                uses.need(
                    constraint(&target.relation, last),
                    Need::Existence,
                    name.syntax(),
                );
            }
        }
        // Any key may make the conflict.
        None => uses.need(
            Object::Relation(target.relation.clone()),
            Need::Key,
            clause.syntax(),
        ),
    }
    let excluded = Scope {
        outer: own.outer,
        sources: vec![target.row("excluded")],
        qualified_only: true,
        ..Scope::default()
    };
    let scope = Scope::inside(&excluded, own.sources.clone());
    match clause.conflict_action() {
        Some(ast::ConflictAction::ConflictDoUpdateSet(update)) => {
            if let Some(set) = update.set_clause() {
                let columns = assignments(uses, &scope, &target.relation, &set);
                target.write(uses, RowChange::Update, columns);
            }
            if let Some(condition) = update.where_clause() {
                expression(uses, &scope, condition.syntax());
            }
        }
        Some(ast::ConflictAction::ConflictDoSelect(select)) => {
            if let Some(condition) = select.where_clause() {
                expression(uses, &scope, condition.syntax());
            }
        }
        Some(ast::ConflictAction::ConflictDoNothing(_)) | None => {}
    }
}
