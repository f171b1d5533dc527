//! Expressions: columns, casts, subqueries.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::effect::{Need, Object};
use crate::name::Name;
use crate::query::scope::is_query;
use crate::query::{Scope, Uses, call, query, types};
use crate::reader::segments;

/// Gathers what every expression below `node` uses.
pub(crate) fn expression(uses: &mut Uses<'_>, scope: &Scope<'_>, node: &SyntaxNode) {
    match node.kind() {
        SyntaxKind::NAME_REF => bare(uses, scope, node),
        SyntaxKind::FIELD_EXPR => field(uses, scope, node),
        SyntaxKind::CALL_EXPR => call::call(uses, scope, node),
        SyntaxKind::CAST_EXPR => cast(uses, scope, node),
        SyntaxKind::TARGET => target(uses, scope, node),
        SyntaxKind::PATH_TYPE | SyntaxKind::PERCENT_TYPE => {
            types::named(uses, node);
            below(uses, scope, node);
        }
        SyntaxKind::COLLATION_REF => collation(uses, node),
        SyntaxKind::OP => operator(uses, node),
        SyntaxKind::GRAPH_TABLE_FN => uses.unknown(node, "property graphs are not read"),
        SyntaxKind::TABLESAMPLE_CLAUSE => arguments(uses, scope, node),
        SyntaxKind::LOCKING_CLAUSE => {}
        kind if is_query(kind) => query(uses, scope, node),
        _ => below(uses, scope, node),
    }
}

/// The parts of a name in a string, folded: `users` and `id` of `'Users."id"'`.
pub(crate) fn literal_path(literal: &ast::Literal) -> Option<Vec<String>> {
    let text = literal.string_value()?;
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        let last = parts.last_mut()?;
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                last.push('"');
            }
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            c if quoted => last.push(c),
            c => last.extend(c.to_lowercase()),
        }
    }
    (!quoted && parts.iter().all(|part| !part.is_empty())).then_some(parts)
}

pub(super) fn below(uses: &mut Uses<'_>, scope: &Scope<'_>, node: &SyntaxNode) {
    for child in node.children() {
        expression(uses, scope, &child);
    }
}

fn bare(uses: &mut Uses<'_>, scope: &Scope<'_>, node: &SyntaxNode) {
    let keyword = node.first_token().is_some_and(|token| {
        matches!(
            token.kind(),
            SyntaxKind::CURRENT_CATALOG_KW
                | SyntaxKind::CURRENT_DATE_KW
                | SyntaxKind::CURRENT_ROLE_KW
                | SyntaxKind::CURRENT_SCHEMA_KW
                | SyntaxKind::CURRENT_TIME_KW
                | SyntaxKind::CURRENT_TIMESTAMP_KW
                | SyntaxKind::CURRENT_USER_KW
                | SyntaxKind::LOCALTIME_KW
                | SyntaxKind::LOCALTIMESTAMP_KW
                | SyntaxKind::SESSION_USER_KW
                | SyntaxKind::SYSTEM_USER_KW
                | SyntaxKind::USER_KW
        )
    });
    if !keyword {
        scope.bare(uses, &ast::normalize_name_node(node), node);
    }
}

/// `u.name`, `public.users.name`, `u.*`, `(u).name`, `(f(x)).y`.
fn field(uses: &mut Uses<'_>, scope: &Scope<'_>, node: &SyntaxNode) {
    let star = (node.children_with_tokens()).any(|part| part.kind() == SyntaxKind::STAR);
    if let Some(mut path) = plain(node) {
        let column = if star { None } else { path.pop() };
        let shown = match node.last_child() {
            Some(name) if !star => name,
            _ => node.clone(),
        };
        return scope.qualified(uses, &path, column.as_deref(), &shown);
    }
    let Some(base) = node.first_child() else {
        return;
    };
    // `(u).name` of a row `u` is a column of its relation.
    let row = unwrapped(&base).filter(|inner| inner.kind() == SyntaxKind::NAME_REF);
    if let Some(row) = row {
        let name = ast::normalize_name_node(&row);
        if scope.names_source(&name) || uses.qualifies_variables(&name) {
            let field = node.last_child().filter(|_| !star);
            let column = field.as_ref().map(ast::normalize_name_node);
            return scope.qualified(uses, &[name], column.as_deref(), &field.unwrap_or(row));
        }
    }
    expression(uses, scope, &base);
    if uses.usage.keeps() || !star {
        uses.unknown(node, "the type that has this field is not known");
    }
}

/// The names of `a.b.c`, without a star at the end; `None` if something else stands before a dot.
pub(super) fn plain(node: &SyntaxNode) -> Option<Vec<String>> {
    if node.kind() == SyntaxKind::NAME_REF {
        return Some(vec![ast::normalize_name_node(node)]);
    }
    if node.kind() != SyntaxKind::FIELD_EXPR {
        return None;
    }
    let mut children = node.children();
    let mut path = plain(&children.next()?)?;
    path.extend(children.next().map(|name| ast::normalize_name_node(&name)));
    Some(path)
}

fn unwrapped(node: &SyntaxNode) -> Option<SyntaxNode> {
    match node.kind() {
        SyntaxKind::PAREN_EXPR => unwrapped(&node.first_child()?),
        _ => Some(node.clone()),
    }
}

fn target(uses: &mut Uses<'_>, scope: &Scope<'_>, node: &SyntaxNode) {
    let star = (node.children_with_tokens()).any(|part| part.kind() == SyntaxKind::STAR);
    // EXISTS looks at no column; a view that asks so keeps them all the same.
    let of_exists = || {
        let query = node.ancestors().nth(3);
        let exists = query.and_then(|query| query.parent());
        exists.is_some_and(|parent| parent.kind() == SyntaxKind::EXISTS_FN)
    };
    if star && (uses.usage.keeps() || !of_exists()) {
        scope.star(uses, node);
    }
    below(uses, scope, node);
}

/// A cast of a name in a string to `regclass` and its like is a reference to what it names.
fn cast(uses: &mut Uses<'_>, scope: &Scope<'_>, node: &SyntaxNode) {
    below(uses, scope, node);
    let Some(cast) = ast::CastExpr::cast(node.clone()) else {
        return;
    };
    let literal = (node.children()).find_map(ast::Literal::cast);
    if let Some(ty) = cast.ty()
        && let Some(literal) = literal
    {
        call::reference(uses, &types::last_segment(ty.syntax()), &literal);
    }
}

fn collation(uses: &mut Uses<'_>, node: &SyntaxNode) {
    let name = uses.reader.name(node);
    if !matches!(name.name.as_str(), "C" | "POSIX" | "default" | "ucs_basic") {
        let kind = "collation".to_owned();
        uses.need(Object::Other { kind, name }, Need::Existence, node);
    }
}

/// `operator(schema.+)`. Operators by their bare sign are taken as PostgreSQL's own.
fn operator(uses: &mut Uses<'_>, node: &SyntaxNode) {
    let Some(path) = node.children().find_map(ast::PathRef::cast) else {
        return;
    };
    let schema = segments(path.syntax()).into_iter().next();
    let sign = node.text().to_string();
    let sign = sign
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned();
    if let Some(schema) = schema.filter(|schema| schema != "pg_catalog") {
        let kind = "operator".to_owned();
        let name = Name::qualified(schema, sign);
        uses.need(Object::Other { kind, name }, Need::Existence, node);
    }
}

/// The method of TABLESAMPLE is no function.
fn arguments(uses: &mut Uses<'_>, scope: &Scope<'_>, node: &SyntaxNode) {
    for part in node.descendants() {
        if part.kind() == SyntaxKind::ARG_LIST || part.kind() == SyntaxKind::REPEATABLE_CLAUSE {
            below(uses, scope, &part);
        }
    }
}
