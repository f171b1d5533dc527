//! Queries: WITH, the clauses of a SELECT, set operations, VALUES and TABLE.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::query::scope::{is_query, targets};
use crate::query::{Output, Scope, Source, Uses, expression, from_items, output};
use crate::reader::text;
use crate::statement::data;

/// Gathers what a query, or a statement that changes rows, does and uses.
pub(crate) fn query(uses: &mut Uses<'_>, outer: &Scope<'_>, node: &SyntaxNode) {
    match node.kind() {
        SyntaxKind::SELECT | SyntaxKind::SELECT_INTO | SyntaxKind::PLPGSQL_EXPR => {
            select(uses, outer, node);
        }
        SyntaxKind::COMPOUND_SELECT => compound(uses, outer, node),
        SyntaxKind::PAREN_SELECT | SyntaxKind::PAREN_EXPR => parenthesised(uses, outer, node),
        SyntaxKind::VALUES => {
            let scope = with(uses, outer, node);
            rest(uses, &scope, node, &output(node));
        }
        SyntaxKind::TABLE => table(uses, outer, node),
        _ => data::change(uses, outer, node),
    }
}

/// The scope that the WITH clause of `node` makes, if it has one.
pub(crate) fn with<'o>(uses: &mut Uses<'_>, outer: &'o Scope<'o>, node: &SyntaxNode) -> Scope<'o> {
    let mut scope = Scope::inside(outer, Vec::new());
    let Some(clause) = node.children().find_map(ast::WithClause::cast) else {
        return scope;
    };
    let recursive = clause.recursive_token().is_some();
    if recursive {
        scope.with = clause
            .with_tables()
            .filter_map(|table| named(&table))
            .collect();
    }
    let new = uses.first_time(clause.syntax());
    for table in clause.with_tables() {
        if let Some(inner) = table.query().filter(|_| new) {
            query(uses, &scope, inner.syntax());
        }
        for extra in table.syntax().children() {
            if new && extra.kind() == SyntaxKind::CYCLE_CLAUSE {
                expression(uses, &scope, &extra);
            }
        }
        if !recursive {
            scope.with.extend(named(&table));
        }
    }
    scope
}

fn named(table: &ast::WithTable) -> Option<(String, Output)> {
    let name = table
        .name()
        .map(|name| ast::normalize_name_node(name.syntax()))?;
    let mut columns = table
        .query()
        .map_or_else(Output::open, |query| output(query.syntax()));
    if let Some(list) = table.column_list() {
        columns
            .names
            .extend(list.column_names().map(|name| name.text()));
    }
    let made = |kind| {
        matches!(
            kind,
            SyntaxKind::SEARCH_SET_COLUMN | SyntaxKind::CYCLE_SET_COLUMN | SyntaxKind::CYCLE_PATH
        )
    };
    let clauses = (table.syntax().children()).filter(|child| {
        matches!(
            child.kind(),
            SyntaxKind::SEARCH_CLAUSE | SyntaxKind::CYCLE_CLAUSE
        )
    });
    for part in clauses
        .flat_map(|clause| clause.children())
        .filter(|part| made(part.kind()))
    {
        let column = part.children().find_map(ast::ColumnNameRef::cast);
        columns.names.extend(text(column));
    }
    Some((name, columns))
}

fn select(uses: &mut Uses<'_>, outer: &Scope<'_>, node: &SyntaxNode) {
    let scope = with(uses, outer, node);
    let from = (node.children()).find(|child| child.kind() == SyntaxKind::FROM_CLAUSE);
    let sources = from.map_or_else(Vec::new, |from| from_items(uses, &scope, &from));
    let scope = Scope::inside(&scope, sources);
    let list = (node.children()).find_map(|child| {
        ast::TargetList::cast(child.clone())
            .or_else(|| ast::SelectClause::cast(child).and_then(|clause| clause.target_list()))
    });
    let output = list.map_or_else(Output::default, |list| targets(&list));
    rest(uses, &scope, node, &output);
}

/// The clauses after FROM has been read.
fn rest(uses: &mut Uses<'_>, scope: &Scope<'_>, node: &SyntaxNode, output: &Output) {
    for clause in node.children() {
        match clause.kind() {
            SyntaxKind::WITH_CLAUSE
            | SyntaxKind::FROM_CLAUSE
            | SyntaxKind::INTO_CLAUSE
            // It locks rows until the transaction ends, and that is all.
            | SyntaxKind::LOCKING_CLAUSE => {}
            SyntaxKind::ORDER_BY_CLAUSE => sort(uses, scope, &clause, output),
            SyntaxKind::GROUP_BY_CLAUSE => group(uses, scope, &clause, output),
            _ => expression(uses, scope, &clause),
        }
    }
}

/// A name alone in ORDER BY is a column of the result, if there is one.
fn sort(uses: &mut Uses<'_>, scope: &Scope<'_>, clause: &SyntaxNode, output: &Output) {
    for by in clause.descendants().filter_map(ast::SortBy::cast) {
        // Those of an inner query's clauses are read with the inner query.
        if by.syntax().ancestors().nth(2).as_ref() != Some(clause) {
            continue;
        }
        let alone = by
            .expr()
            .and_then(|expr| ast::NameRef::cast(expr.syntax().clone()));
        if alone.is_some_and(|name| output.names.contains(&name.text())) {
            continue;
        }
        expression(uses, scope, by.syntax());
    }
}

/// A name alone in GROUP BY is a column of what is selected from; else one of the result.
fn group(uses: &mut Uses<'_>, scope: &Scope<'_>, clause: &SyntaxNode, output: &Output) {
    let result = Source::derived(None, Output::of(output.names.iter().cloned()));
    let mut sources = scope.sources.clone();
    sources.push(result);
    let scope = Scope {
        outer: scope.outer,
        sources,
        ..Scope::default()
    };
    expression(uses, &scope, clause);
}

fn compound(uses: &mut Uses<'_>, outer: &Scope<'_>, node: &SyntaxNode) {
    // The WITH clause of the whole stands in the first query.
    let mut first = node.clone();
    while first.kind() == SyntaxKind::COMPOUND_SELECT
        && let Some(next) = first.children().find(|child| is_query(child.kind()))
    {
        first = next;
    }
    let scope = with(uses, outer, &first);
    for part in node.children() {
        match part.kind() {
            SyntaxKind::PAREN_EXPR => parenthesised(uses, &scope, &part),
            SyntaxKind::ORDER_BY_CLAUSE => sort(uses, &scope, &part, &output(node)),
            kind if is_query(kind) => query(uses, &scope, &part),
            SyntaxKind::LOCKING_CLAUSE => {}
            _ => expression(uses, &scope, &part),
        }
    }
}

fn parenthesised(uses: &mut Uses<'_>, outer: &Scope<'_>, node: &SyntaxNode) {
    let scope = with(uses, outer, node);
    for part in node.children() {
        match part.kind() {
            SyntaxKind::PAREN_EXPR => parenthesised(uses, &scope, &part),
            SyntaxKind::ORDER_BY_CLAUSE => sort(uses, &scope, &part, &output(node)),
            kind if is_query(kind) => query(uses, &scope, &part),
            SyntaxKind::WITH_CLAUSE | SyntaxKind::LOCKING_CLAUSE => {}
            _ => expression(uses, &scope, &part),
        }
    }
}

fn table(uses: &mut Uses<'_>, outer: &Scope<'_>, node: &SyntaxNode) {
    let scope = with(uses, outer, node);
    let sources = from_items(uses, &scope, node);
    let scope = Scope::inside(&scope, sources);
    let named = node.children().find_map(ast::RelationName::cast);
    scope.star(uses, named.as_ref().map_or(node, AstNode::syntax));
    let clauses = (node.children()).filter(|child| child.kind() != SyntaxKind::RELATION_NAME);
    for clause in clauses.filter(|clause| clause.kind() != SyntaxKind::WITH_CLAUSE) {
        match clause.kind() {
            SyntaxKind::LOCKING_CLAUSE => {}
            _ => expression(uses, &scope, &clause),
        }
    }
}
