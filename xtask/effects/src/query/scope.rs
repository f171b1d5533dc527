//! What the names in a query can mean.

use std::collections::BTreeSet;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::column_name::ColumnName;
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::effect::Certainty;
use crate::name::Name;
use crate::query::Uses;

/// The names that one query brings, and those of the queries around it.
#[derive(Default)]
pub(crate) struct Scope<'o> {
    /// The query around this one.
    pub(crate) outer: Option<&'o Scope<'o>>,
    /// What it selects from.
    pub(crate) sources: Vec<Source>,
    /// The queries of its WITH clause.
    pub(crate) with: Vec<(String, Output)>,
    /// Whether its columns are only found by a qualifier: `excluded.name`.
    pub(crate) qualified_only: bool,
}

/// Something that a query selects from.
#[derive(Clone)]
pub(crate) struct Source {
    /// What qualifies its columns; a subquery or a function may have no name.
    pub(crate) alias: Option<String>,
    /// Whether that is the relation's own name, so that its schema may stand before it.
    pub(crate) own_name: bool,
    /// The relation, if it is one.
    pub(crate) relation: Option<Name>,
    /// The columns that are known to be its own: of a relation, only those renamed by position.
    pub(crate) columns: Output,
}

/// The columns of something that is no relation.
#[derive(Clone, Default)]
pub(crate) struct Output {
    /// These.
    pub(crate) names: BTreeSet<String>,
    /// And others that nobody knows.
    pub(crate) open: bool,
}

impl<'o> Scope<'o> {
    /// A query inside of `outer` that selects from `sources`.
    pub(crate) fn inside(outer: &'o Scope<'o>, sources: Vec<Source>) -> Self {
        Scope {
            outer: Some(outer),
            sources,
            ..Scope::default()
        }
    }

    /// The columns of the WITH query `name`, if there is one.
    pub(crate) fn with_query(&self, name: &str) -> Option<&Output> {
        self.chain()
            .flat_map(|scope| scope.with.iter().rev())
            .find_map(|(known, output)| (known == name).then_some(output))
    }

    /// Whether something that is selected from has this name.
    pub(crate) fn names_source(&self, name: &str) -> bool {
        let mut sources = self.chain().flat_map(|scope| &scope.sources);
        sources.any(|source| source.alias.as_deref() == Some(name))
    }

    /// `name` as a column, a whole row or a variable; `node` is the name.
    pub(crate) fn bare(&self, uses: &mut Uses<'_>, name: &str, node: &SyntaxNode) {
        let hidden = match uses.variable(name) {
            Some(false) => return,
            Some(true) => Certainty::Conditional,
            None => Certainty::Certain,
        };
        if is_system_column(name) {
            return;
        }
        let mut certainty = hidden;
        for scope in self.chain() {
            if scope.qualified_only {
                continue;
            }
            let called = |source: &&Source| source.alias.as_deref() == Some(name);
            let row = scope.sources.iter().find(called);
            if let Some(row) = row {
                row.whole(uses, node);
            }
            // A column goes before a row of the same name.
            let settled = row.is_some()
                || (scope.sources.iter()).any(|source| source.columns.names.contains(name));
            if settled {
                certainty = Certainty::Conditional;
            }
            let mut possible = false;
            uses.less_certain(certainty, |uses| {
                for source in &scope.sources {
                    possible |= source.columns.open;
                    if let Some(relation) = &source.relation {
                        possible = true;
                        let whole = source.alias.as_deref() == Some(name);
                        if !whole && !source.columns.names.contains(name) {
                            uses.column(relation, name, node);
                        }
                    }
                }
            });
            if settled {
                return;
            }
            if possible {
                certainty = Certainty::Conditional;
            }
        }
    }

    /// `path` with a qualifier: `u.name`, `public.users.name`; or what comes before `.*`, with `None` for the column.
    pub(crate) fn qualified(
        &self,
        uses: &mut Uses<'_>,
        qualifier: &[String],
        column: Option<&str>,
        node: &SyntaxNode,
    ) {
        let (schema, alias) = match qualifier {
            [alias] => (None, alias),
            [schema, alias] | [_, schema, alias] => (Some(schema), alias),
            _ => return uses.unknown(node, "the name has too many parts"),
        };
        let within = |source: &Source, schema: &String| {
            let schemas = source.relation.as_ref().map(|relation| &relation.schemas);
            source.own_name && schemas.is_some_and(|schemas| schemas.contains(schema))
        };
        let fits = |source: &&Source| {
            source.alias.as_ref() == Some(alias)
                && schema.is_none_or(|schema| within(source, schema))
        };
        for scope in self.chain() {
            let mut found = false;
            for source in scope.sources.iter().filter(fits) {
                found = true;
                match column {
                    Some(column) => source.column(uses, column, node),
                    None => source.whole(uses, node),
                }
            }
            if found {
                return;
            }
        }
        let outermost = qualifier.first().map_or("", String::as_str);
        if !uses.qualifies_variables(outermost) {
            uses.unknown(node, "nothing in the query has this name");
        }
    }

    /// `*`: all columns of what the query selects from.
    pub(crate) fn star(&self, uses: &mut Uses<'_>, node: &SyntaxNode) {
        for source in &self.sources {
            source.whole(uses, node);
        }
    }

    fn chain(&self) -> impl Iterator<Item = &Scope<'o>> {
        std::iter::successors(Some(self), |scope| scope.outer)
    }
}

impl Source {
    /// A relation, under an alias or under its own name.
    pub(crate) fn relation(alias: Option<&str>, relation: Name) -> Self {
        Source {
            alias: Some(alias.unwrap_or(&relation.name).to_owned()),
            own_name: alias.is_none(),
            relation: Some(relation),
            columns: Output::default(),
        }
    }

    /// A subquery, a function, a WITH query.
    pub(crate) fn derived(alias: Option<String>, columns: Output) -> Self {
        Source {
            alias,
            own_name: false,
            relation: None,
            columns,
        }
    }

    fn column(&self, uses: &mut Uses<'_>, column: &str, node: &SyntaxNode) {
        if let Some(relation) = &self.relation
            && !self.columns.names.contains(column)
            && !is_system_column(column)
        {
            uses.column(relation, column, node);
        }
    }

    fn whole(&self, uses: &mut Uses<'_>, node: &SyntaxNode) {
        if let Some(relation) = &self.relation {
            uses.all_columns(relation, node);
        }
    }
}

impl Output {
    /// Columns of which nothing is known.
    pub(crate) fn open() -> Self {
        Output {
            names: BTreeSet::new(),
            open: true,
        }
    }

    /// Exactly these columns.
    pub(crate) fn of(names: impl IntoIterator<Item = String>) -> Self {
        Output {
            names: names.into_iter().collect(),
            open: false,
        }
    }
}

/// The columns that a query, or a statement with RETURNING, gives.
pub(crate) fn output(query: &SyntaxNode) -> Output {
    match query.kind() {
        SyntaxKind::COMPOUND_SELECT | SyntaxKind::PAREN_SELECT | SyntaxKind::PAREN_EXPR => query
            .children()
            .find(|child| is_query(child.kind()) || child.kind() == SyntaxKind::PAREN_EXPR)
            .map_or_else(Output::open, |first| output(&first)),
        SyntaxKind::VALUES => {
            let row = query.descendants().find_map(ast::Row::cast);
            let count = row.map_or(0, |row| row.exprs().count());
            Output::of((1..=count).map(|at| format!("column{at}")))
        }
        SyntaxKind::TABLE => Output::open(),
        _ => {
            let list = (query.children()).find_map(|child| match child.kind() {
                SyntaxKind::SELECT_CLAUSE | SyntaxKind::RETURNING_CLAUSE => {
                    Some(child.children().find_map(ast::TargetList::cast))
                }
                _ => None,
            });
            list.flatten()
                .map_or_else(Output::default, |list| targets(&list))
        }
    }
}

/// Whether a node of this kind is a query or a statement that changes rows.
pub(crate) fn is_query(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::SELECT
            | SyntaxKind::SELECT_INTO
            | SyntaxKind::COMPOUND_SELECT
            | SyntaxKind::PAREN_SELECT
            | SyntaxKind::VALUES
            | SyntaxKind::TABLE
            | SyntaxKind::INSERT
            | SyntaxKind::UPDATE
            | SyntaxKind::DELETE
            | SyntaxKind::MERGE
    )
}

/// The names of a select list.
pub(crate) fn targets(list: &ast::TargetList) -> Output {
    let mut output = Output::default();
    for target in list.targets() {
        if calls_oddly(&target) {
            output.open = true;
            continue;
        }
        match ColumnName::from_target(target).map(|(name, _)| name) {
            Some(ColumnName::Star) | None => output.open = true,
            Some(name) => output.names.extend(name.to_string()),
        }
    }
    output
}

/// Whether something is called that is no name, as in `a::(b)`: no SQL, but the parser takes it, and panics when it is asked
/// for the column's name.
fn calls_oddly(target: &ast::Target) -> bool {
    (target.syntax().descendants())
        .filter_map(ast::CallExpr::cast)
        .filter_map(|call| call.expr())
        .any(|called| !matches!(called, ast::Expr::NameRef(_) | ast::Expr::FieldExpr(_)))
}

fn is_system_column(name: &str) -> bool {
    matches!(
        name,
        "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid"
    )
}
