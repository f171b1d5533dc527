//! INSERT, UPDATE, DELETE and MERGE, as statements and in WITH.

use std::collections::BTreeSet;

use rowan::NodeOrToken;
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::effect::{Action, Columns, Need, Object, Part, RowChange};
use crate::name::Name;
use crate::query::{Scope, Source, Uses, alias_of, expression, from_items, with};
use crate::reader::text;

mod insert;
mod merge;

/// Gathers what a statement that changes rows does.
pub(crate) fn change(uses: &mut Uses<'_>, outer: &Scope<'_>, node: &SyntaxNode) {
    let scope = with(uses, outer, node);
    if let Some(insert) = ast::Insert::cast(node.clone()) {
        insert::insert(uses, &scope, &insert);
    } else if let Some(merge) = ast::Merge::cast(node.clone()) {
        merge::merge(uses, &scope, &merge);
    } else if let Some(update) = ast::Update::cast(node.clone()) {
        self::update(uses, &scope, &update);
    } else if let Some(delete) = ast::Delete::cast(node.clone()) {
        self::delete(uses, &scope, &delete);
    } else {
        expression(uses, &scope, node);
    }
}

fn update(uses: &mut Uses<'_>, scope: &Scope<'_>, update: &ast::Update) {
    let Some(target) = Target::of(uses, update.syntax(), SyntaxKind::RELATION_NAME) else {
        return uses.unknown(update.syntax(), "the statement has no table");
    };
    let from = update.from_clause();
    let mut sources = vec![target.source.clone()];
    if let Some(from) = &from {
        sources.extend(from_items(uses, scope, from.syntax()));
    }
    let all = Scope::inside(scope, sources);
    let portion = update.for_portion_of();
    if let Some(portion) = &portion {
        uses.unknown(
            portion.syntax(),
            "the rows that FOR PORTION OF adds are not read",
        );
    }
    if let Some(set) = update.set_clause() {
        let columns = assignments(uses, &all, &target.relation, &set);
        target.write(uses, RowChange::Update, columns);
    }
    conditions(uses, &all, update.syntax());
    returning(uses, &all, &target, update.returning_clause());
}

fn delete(uses: &mut Uses<'_>, scope: &Scope<'_>, delete: &ast::Delete) {
    let Some(target) = Target::of(uses, delete.syntax(), SyntaxKind::RELATION_NAME) else {
        return uses.unknown(delete.syntax(), "the statement has no table");
    };
    target.write(uses, RowChange::Delete, Columns::All);
    if let Some(portion) = delete.for_portion_of() {
        uses.unknown(
            portion.syntax(),
            "the rows that FOR PORTION OF adds are not read",
        );
    }
    let mut sources = vec![target.source.clone()];
    if let Some(using) = delete.using_clause() {
        sources.extend(from_items(uses, scope, using.syntax()));
    }
    let all = Scope::inside(scope, sources);
    conditions(uses, &all, delete.syntax());
    returning(uses, &all, &target, delete.returning_clause());
}

/// The table that a statement changes.
struct Target {
    relation: Name,
    source: Source,
    path: SyntaxNode,
}

impl Target {
    /// The relation named by the child of this kind, under the statement's alias.
    fn of(uses: &mut Uses<'_>, statement: &SyntaxNode, kind: SyntaxKind) -> Option<Target> {
        let named = statement.children().find(|child| child.kind() == kind)?;
        let path = named.descendants().find_map(ast::PathRef::cast)?;
        let relation = uses.reader.name(path.syntax());
        let alias = alias_of(statement);
        Some(Target {
            source: Source::relation(alias.as_deref(), relation.clone()),
            relation,
            path: path.syntax().clone(),
        })
    }

    fn write(&self, uses: &mut Uses<'_>, change: RowChange, columns: Columns) {
        let object = Object::rows(&self.relation);
        let Some(runs) = uses.usage.runs else {
            let relation = Object::Relation(self.relation.clone());
            return uses.need(relation, Need::Type, &self.path);
        };
        uses.less_certain(runs, |uses| {
            uses.add(object, Action::Write { change, columns }, &self.path);
        });
    }

    /// A row of the table under another name: `excluded`, `old`, `new`.
    fn row(&self, alias: &str) -> Source {
        Source::relation(Some(alias), self.relation.clone())
    }
}

/// WHERE, or WHERE CURRENT OF a cursor.
fn conditions(uses: &mut Uses<'_>, scope: &Scope<'_>, node: &SyntaxNode) {
    for clause in node.children() {
        if clause.kind() == SyntaxKind::WHERE_CLAUSE {
            expression(uses, scope, &clause);
        }
    }
}

/// RETURNING, which also sees the rows before and after.
fn returning(
    uses: &mut Uses<'_>,
    scope: &Scope<'_>,
    target: &Target,
    clause: Option<ast::ReturningClause>,
) {
    let Some(clause) = clause else {
        return;
    };
    let options = clause.returning_option_list();
    let names = options
        .iter()
        .flat_map(ast::ReturningOptionList::returning_options);
    let renamed =
        names.filter_map(|option| Some(ast::normalize_name_node(option.name()?.syntax())));
    let rows = renamed.chain(["old".to_owned(), "new".to_owned()]);
    let rows = Scope {
        outer: scope.outer,
        sources: rows.map(|alias| target.row(&alias)).collect(),
        qualified_only: true,
        ..Scope::default()
    };
    let scope = Scope::inside(&rows, scope.sources.clone());
    if let Some(list) = clause.target_list() {
        expression(uses, &scope, list.syntax());
    }
}

/// The columns that SET gives a value; what the values use is gathered.
fn assignments(
    uses: &mut Uses<'_>,
    scope: &Scope<'_>,
    relation: &Name,
    set: &ast::SetClause,
) -> Columns {
    let mut columns = BTreeSet::new();
    for column in set.syntax().descendants().filter_map(ast::SetColumn::cast) {
        let targets: Vec<ast::ColumnTarget> = match &column {
            ast::SetColumn::SetSingleColumn(single) => single.column_target().into_iter().collect(),
            ast::SetColumn::SetMultipleColumns(several) => {
                let list = several.column_target_list();
                list.iter()
                    .flat_map(ast::ColumnTargetList::column_targets)
                    .collect()
            }
        };
        let named: Vec<String> = (targets.iter())
            .filter_map(|target| named(uses, scope, relation, target))
            .collect();
        let values = column.syntax().descendants().filter_map(ast::SetExpr::cast);
        let belongs = |value: &ast::SetExpr| {
            value
                .syntax()
                .ancestors()
                .find_map(ast::SetColumn::cast)
                .as_ref()
                == Some(&column)
        };
        for (at, value) in values.filter(belongs).enumerate() {
            if is_default(value.syntax())
                && let Some(column) = named.get(at)
            {
                default(uses, relation, column, value.syntax());
            }
        }
        for part in column.syntax().children() {
            let is_target = matches!(
                part.kind(),
                SyntaxKind::COLUMN_TARGET | SyntaxKind::COLUMN_TARGET_LIST
            );
            if !is_target {
                expression(uses, scope, &part);
            }
        }
        columns.extend(named);
    }
    Columns::Some(columns)
}

/// A column that gets a value. Of `address.zip` and `tags[1]` the rest of the column is kept, so that it is read.
fn named(
    uses: &mut Uses<'_>,
    scope: &Scope<'_>,
    relation: &Name,
    target: &ast::ColumnTarget,
) -> Option<String> {
    let name = target.name()?;
    let column = text(Some(name.clone()))?;
    let mut accessors = target.accessors().peekable();
    if accessors.peek().is_some() {
        uses.column(relation, &column, name.syntax());
    } else {
        uses.need(
            Object::column(relation, column.clone()),
            uses.usage.need,
            name.syntax(),
        );
    }
    for accessor in accessors {
        expression(uses, scope, accessor.syntax());
    }
    Some(column)
}

/// Whether a value is the word DEFAULT.
fn is_default(value: &SyntaxNode) -> bool {
    let mut tokens = (value.descendants_with_tokens())
        .filter_map(NodeOrToken::into_token)
        .filter(|token| !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT));
    let first = tokens.next();
    first.is_some_and(|token| token.kind() == SyntaxKind::DEFAULT_KW) && tokens.next().is_none()
}

fn default(uses: &mut Uses<'_>, relation: &Name, column: &str, node: &SyntaxNode) {
    uses.need(Object::column(relation, column), Need::Default, node);
}

fn constraint(relation: &Name, name: String) -> Object {
    Object::Part(relation.clone(), Part::Constraint(name))
}
