//! MERGE.

use std::collections::BTreeSet;

use squawk_syntax::SyntaxKind;
use squawk_syntax::ast::{self, AstNode};

use super::insert::{by_position, columns, defaults};
use super::{Target, assignments, returning};
use crate::effect::{Columns, RowChange};
use crate::query::{Scope, Uses, expression, from_items, query};

pub(super) fn merge(uses: &mut Uses<'_>, scope: &Scope<'_>, merge: &ast::Merge) {
    let Some(target) = Target::of(uses, merge.syntax(), SyntaxKind::TABLE_RELATION_NAME) else {
        return uses.unknown(merge.syntax(), "the statement has no table");
    };
    let mut sources = vec![target.source.clone()];
    let using = merge.using_on_clause();
    let on = using.as_ref().and_then(ast::UsingOnClause::on_clause);
    if let Some(using) = &using {
        sources.extend(from_items(uses, scope, using.syntax()));
    }
    let all = Scope::inside(scope, sources);
    if let Some(on) = on {
        expression(uses, &all, on.syntax());
    }
    for clause in merge.merge_when_clauses() {
        for part in clause.syntax().children() {
            match ast::MergeAction::cast(part.clone()) {
                Some(action) => act(uses, &all, &target, &action),
                None => expression(uses, &all, &part),
            }
        }
    }
    returning(uses, &all, &target, merge.returning_clause());
}

fn act(uses: &mut Uses<'_>, all: &Scope<'_>, target: &Target, action: &ast::MergeAction) {
    match action {
        ast::MergeAction::MergeDelete(_) => target.write(uses, RowChange::Delete, Columns::All),
        ast::MergeAction::MergeUpdate(update) => {
            if let Some(set) = update.set_clause() {
                let columns = assignments(uses, all, &target.relation, &set);
                target.write(uses, RowChange::Update, columns);
            }
        }
        ast::MergeAction::MergeInsert(insert) => {
            let columns = columns(uses, all, target, insert.column_target_list());
            let written = match &columns {
                Some(columns) => columns.iter().cloned().collect(),
                None => BTreeSet::new(),
            };
            match insert.values() {
                Some(values) => {
                    if columns.is_none() {
                        by_position(uses, target);
                    }
                    defaults(uses, target, columns.as_deref(), values.syntax());
                    let written = columns.map_or(Columns::All, |_| Columns::Some(written));
                    target.write(uses, RowChange::Insert, written);
                    query(uses, all, values.syntax());
                }
                None => target.write(uses, RowChange::Insert, Columns::Some(BTreeSet::new())),
            }
        }
        ast::MergeAction::MergeDoNothing(_) => {}
    }
}
