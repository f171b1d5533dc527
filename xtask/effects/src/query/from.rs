//! What a query selects from.

use std::collections::BTreeSet;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::query::scope::is_query;
use crate::query::{Output, Scope, Source, Uses, expression, output, query, routine_name};
use crate::reader::{segments, text};

/// The items below `clause` (FROM, USING, or the relation of TABLE); each sees those before it, as LATERAL allows.
pub(crate) fn from_items(
    uses: &mut Uses<'_>,
    scope: &Scope<'_>,
    clause: &SyntaxNode,
) -> Vec<Source> {
    let mut sources = Vec::new();
    for child in clause.children() {
        let more = item(uses, scope, &sources, &child);
        sources.extend(more);
    }
    sources
}

fn item(
    uses: &mut Uses<'_>,
    scope: &Scope<'_>,
    before: &[Source],
    node: &SyntaxNode,
) -> Vec<Source> {
    match node.kind() {
        SyntaxKind::RELATION_FROM_ITEM | SyntaxKind::RELATION_NAME => {
            vec![relation(uses, scope, node)]
        }
        SyntaxKind::JOIN_EXPR => join(uses, scope, before, node),
        SyntaxKind::PAREN_EXPR => group(uses, scope, before, node),
        SyntaxKind::PAREN_FROM_ITEM => parenthesised(uses, scope, before, node),
        SyntaxKind::FUNCTION_FROM_ITEM
        | SyntaxKind::ROWS_FROM_ITEM
        | SyntaxKind::EXPR_FROM_ITEM
        | SyntaxKind::JSON_TABLE_FROM_ITEM
        | SyntaxKind::XML_TABLE_FROM_ITEM
        | SyntaxKind::GRAPH_TABLE_FROM_ITEM => {
            let visible = Scope::inside(scope, before.to_vec());
            expression(uses, &visible, node);
            vec![computed(node)]
        }
        // Names of WITH and the conditions of joins are read elsewhere.
        SyntaxKind::WITH_CLAUSE | SyntaxKind::ON_CLAUSE => Vec::new(),
        _ => {
            let visible = Scope::inside(scope, before.to_vec());
            expression(uses, &visible, node);
            Vec::new()
        }
    }
}

fn relation(uses: &mut Uses<'_>, scope: &Scope<'_>, node: &SyntaxNode) -> Source {
    let alias = alias_of(node);
    let Some(path) = node.descendants().find_map(ast::PathRef::cast) else {
        return Source::derived(alias, Output::open());
    };
    for part in node.children() {
        if part.kind() == SyntaxKind::TABLESAMPLE_CLAUSE {
            expression(uses, scope, &part);
        }
    }
    let parts = segments(path.syntax());
    if let [only] = &*parts
        && let Some(columns) = scope.with_query(only)
    {
        let columns = renamed(columns.clone(), node);
        return Source::derived(alias.or_else(|| Some(only.clone())), columns);
    }
    let name = uses.reader.name(path.syntax());
    uses.rows(&name, path.syntax());
    let positional = aliased_columns(node);
    if !positional.is_empty() {
        uses.all_columns(&name, path.syntax());
    }
    Source {
        columns: Output::of(positional),
        ..Source::relation(alias.as_deref(), name)
    }
}

fn join(
    uses: &mut Uses<'_>,
    scope: &Scope<'_>,
    before: &[Source],
    node: &SyntaxNode,
) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    for part in node.children() {
        if let Some(join) = ast::Join::cast(part.clone()) {
            let seen: Vec<Source> = before.iter().chain(&sources).cloned().collect();
            for right in join.syntax().children() {
                if is_item(right.kind()) {
                    sources.extend(item(uses, scope, &seen, &right));
                }
            }
            condition(uses, scope, &mut sources, &join);
        } else {
            sources.extend(item(uses, scope, before, &part));
        }
    }
    sources
}

fn condition(uses: &mut Uses<'_>, scope: &Scope<'_>, sources: &mut Vec<Source>, join: &ast::Join) {
    let both = Scope::inside(scope, sources.clone());
    if join.natural_token().is_some() {
        both.star(uses, join.syntax());
    }
    match join.join_condition() {
        Some(ast::JoinCondition::OnClause(on)) => expression(uses, &both, on.syntax()),
        Some(ast::JoinCondition::JoinUsingClause(using)) => {
            let list = using.column_ref_list();
            let names = list.iter().flat_map(ast::ColumnRefList::column_name_refs);
            let mut merged = BTreeSet::new();
            for name in names {
                let Some(column) = text(Some(name.clone())) else {
                    continue;
                };
                for source in sources.iter() {
                    if let Some(relation) = &source.relation
                        && !source.columns.names.contains(&column)
                    {
                        uses.column(relation, &column, name.syntax());
                    }
                }
                merged.insert(column);
            }
            if let Some(alias) = alias_of(using.syntax()) {
                sources.push(Source::derived(Some(alias), Output::of(merged)));
            }
        }
        None => {}
    }
}

/// `(a join b on …)`.
fn group(
    uses: &mut Uses<'_>,
    scope: &Scope<'_>,
    before: &[Source],
    node: &SyntaxNode,
) -> Vec<Source> {
    let mut sources = Vec::new();
    for child in node.children() {
        if is_query(child.kind()) {
            query(uses, scope, &child);
            sources.push(Source::derived(None, output(&child)));
        } else {
            sources.extend(item(uses, scope, before, &child));
        }
    }
    sources
}

fn parenthesised(
    uses: &mut Uses<'_>,
    scope: &Scope<'_>,
    before: &[Source],
    node: &SyntaxNode,
) -> Vec<Source> {
    let alias = alias_of(node);
    let inner = (node.children()).find(|child| child.kind() != SyntaxKind::FROM_ALIAS);
    let Some(inner) = inner else {
        return Vec::new();
    };
    if !is_query(inner.kind()) && !holds_query(&inner) {
        let mut sources = group(uses, scope, before, &inner);
        if alias.is_some() {
            // The alias of a group hides those inside.
            for source in &mut sources {
                source.alias.clone_from(&alias);
                source.own_name = false;
            }
        }
        return sources;
    }
    let lateral = (node.children_with_tokens()).any(|part| part.kind() == SyntaxKind::LATERAL_KW);
    if lateral {
        query(uses, &Scope::inside(scope, before.to_vec()), &inner);
    } else {
        query(uses, scope, &inner);
    }
    vec![Source::derived(alias, renamed(output(&inner), node))]
}

/// Whether these parentheses hold a query rather than a join.
fn holds_query(node: &SyntaxNode) -> bool {
    let inner = node.children().next();
    inner.is_some_and(|inner| match inner.kind() {
        SyntaxKind::PAREN_EXPR => holds_query(&inner),
        kind => is_query(kind),
    })
}

/// The columns of a function, of `JSON_TABLE`, of `XMLTABLE`.
fn computed(node: &SyntaxNode) -> Source {
    let alias = alias_of(node);
    let mut columns = Output::default();
    for part in node.descendants() {
        let described = matches!(
            part.kind(),
            SyntaxKind::JSON_TABLE_COLUMN_LIST | SyntaxKind::XML_TABLE_COLUMN_LIST
        );
        if described {
            let names = part.descendants().filter_map(ast::ColumnName::cast);
            columns.names.extend(names.map(|name| name.text()));
        }
    }
    let calls = (node.children()).flat_map(|child| match child.kind() {
        SyntaxKind::ROWS_FROM_ARG => child.children().collect(),
        _ => vec![child],
    });
    for call in calls.filter_map(ast::CallExpr::cast) {
        let called = routine_name(&call).unwrap_or_default();
        let function = called.last().map_or("", String::as_str);
        match function {
            "json_each" | "json_each_text" | "jsonb_each" | "jsonb_each_text" => {
                columns.names.extend(["key".to_owned(), "value".to_owned()]);
            }
            "json_array_elements"
            | "json_array_elements_text"
            | "jsonb_array_elements"
            | "jsonb_array_elements_text" => {
                columns.names.insert("value".to_owned());
            }
            _ if is_scalar_set(function) => {
                columns.names.insert(function.to_owned());
            }
            _ => columns.open = aliased_columns(node).is_empty(),
        }
    }
    columns.names.extend(alias.clone());
    let ordinality = (node.children()).any(|part| part.kind() == SyntaxKind::WITH_ORDINALITY);
    if ordinality {
        columns.names.insert("ordinality".to_owned());
    }
    Source::derived(alias, renamed(columns, node))
}

/// Built-in functions that return a set of one unnamed column, which is called as they are.
fn is_scalar_set(function: &str) -> bool {
    matches!(
        function,
        "generate_series"
            | "generate_subscripts"
            | "json_object_keys"
            | "jsonb_object_keys"
            | "jsonb_path_query"
            | "regexp_matches"
            | "regexp_split_to_table"
            | "string_to_table"
            | "unnest"
    )
}

fn is_item(kind: SyntaxKind) -> bool {
    ast::FromItem::can_cast(kind) || ast::JoinExpr::can_cast(kind) || kind == SyntaxKind::PAREN_EXPR
}

fn renamed(mut columns: Output, node: &SyntaxNode) -> Output {
    columns.names.extend(aliased_columns(node));
    columns
}

/// `u` of `users as u (id, name)`.
pub(crate) fn alias_of(node: &SyntaxNode) -> Option<String> {
    let holds = |kind| {
        matches!(
            kind,
            SyntaxKind::FROM_ALIAS | SyntaxKind::OPTIONAL_AS_ALIAS | SyntaxKind::REQUIRED_AS_ALIAS
        )
    };
    let alias = node.children().find(|child| holds(child.kind()))?;
    let name = alias.children().find_map(ast::TableAlias::cast)?;
    Some(ast::normalize_name_node(name.syntax()))
}

/// `id` and `name` of `users as u (id, name)`.
fn aliased_columns(node: &SyntaxNode) -> BTreeSet<String> {
    let alias = (node.children()).find(|child| child.kind() == SyntaxKind::FROM_ALIAS);
    let lists = (node.children()).filter(|child| child.kind() == SyntaxKind::ROWS_FROM_ARG);
    alias
        .into_iter()
        .chain(lists)
        .flat_map(|holder| holder.descendants())
        .filter_map(ast::ColumnName::cast)
        .map(|name| name.text())
        .collect()
}
