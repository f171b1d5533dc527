//! PL/pgSQL: blocks, branches, loops, and the SQL in them.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::body::Body;
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::{DEEPEST, dynamic, recover};
use crate::effect::Certainty;
use crate::query::{self, Usage};
use crate::read::UNKNOWN_SYNTAX;
use crate::reader::Reader;
use crate::statement;

/// Reads a body; `holder` is the statement that it stands in.
pub(super) fn body(reader: &mut Reader, body: &Body<ast::Plpgsql>, holder: &SyntaxNode) {
    if reader.depth >= DEEPEST {
        return reader.unknown(holder, "it is nested too deeply");
    }
    let root = body.syntax();
    let recovered: Vec<_> = (root.descendants().filter(is_unread_statement))
        .map(|node| body.source_range(node.text_range()))
        .collect();
    for error in body.errors() {
        let start = error.range().start();
        if !recovered
            .iter()
            .any(|range| range.contains_inclusive(start))
        {
            reader.unread(error.range(), UNKNOWN_SYNTAX);
        }
    }
    let places = body.clone();
    let mut path = reader.search_path.clone();
    reader.within_body(
        move |range| places.source_range(range),
        |reader| {
            builtin(reader, &root);
            for node in root.children() {
                step(reader, &node);
            }
            path.clone_from(&reader.search_path);
        },
    );
    // A routine's own reader sets its path back; a block's stays.
    reader.search_path = path;
}

/// Variables that every body has, and what `#variable_conflict` says of all of them.
fn builtin(reader: &mut Reader, root: &SyntaxNode) {
    let columns_first = root
        .children()
        .filter(|part| part.kind() == SyntaxKind::PLPGSQL_COMP_OPTION_VARIABLE_CONFLICT)
        .any(|part| {
            part.text()
                .to_string()
                .to_lowercase()
                .contains("use_column")
        });
    reader.variables.columns_first = columns_first;
    if columns_first {
        reader.variables.redeclare();
    }
    for name in [
        "found",
        "sqlstate",
        "sqlerrm",
        "new",
        "old",
        "tg_name",
        "tg_when",
        "tg_level",
        "tg_op",
        "tg_relid",
        "tg_relname",
        "tg_table_name",
        "tg_table_schema",
        "tg_nargs",
        "tg_argv",
        "tg_event",
        "tg_tag",
    ] {
        reader.variables.declare(name);
    }
}

/// Reads one statement, or a part of one.
fn step(reader: &mut Reader, node: &SyntaxNode) {
    match node.kind() {
        SyntaxKind::PLPGSQL_BLOCK => block(reader, node),
        SyntaxKind::PLPGSQL_BODY => statements(reader, node),
        SyntaxKind::PLPGSQL_VAR_DECL | SyntaxKind::PLPGSQL_CURSOR_ARG => declare(reader, node),
        SyntaxKind::PLPGSQL_ALIAS_DECL => named(reader, node),
        SyntaxKind::PLPGSQL_CURSOR_DECL => cursor(reader, node),
        SyntaxKind::PLPGSQL_EXPR => query::statement(reader, node, Usage::RUN),
        SyntaxKind::PLPGSQL_PERFORM_STMT => {
            for query in node.children() {
                query::statement(reader, &query, Usage::RUN);
            }
        }
        SyntaxKind::PLPGSQL_DYN_EXECUTE_STMT
        | SyntaxKind::PLPGSQL_RETURN_QUERY_EXECUTE_STMT
        | SyntaxKind::PLPGSQL_OPEN_EXECUTE => execute(reader, node),
        SyntaxKind::PLPGSQL_IF_STMT
        | SyntaxKind::PLPGSQL_CASE_STMT
        | SyntaxKind::PLPGSQL_LOOP_STMT
        | SyntaxKind::PLPGSQL_WHILE_STMT
        | SyntaxKind::PLPGSQL_FOR_I_STMT
        | SyntaxKind::PLPGSQL_FOR_CURSOR_STMT
        | SyntaxKind::PLPGSQL_FOR_QUERY_STMT
        | SyntaxKind::PLPGSQL_FOR_EACH_STMT => branching(reader, node),
        SyntaxKind::PLPGSQL_FOR_DYN_STMT => {
            label(reader, node);
            execute(reader, node);
        }
        SyntaxKind::ARG_LIST | SyntaxKind::INDEX_ACCESSOR | SyntaxKind::SLICE_ACCESSOR => {
            query::free_expression(reader, node, Usage::RUN);
        }
        _ if is_unread_statement(node) => recover::statement(reader, node),
        _ => match ast::Stmt::cast(node.clone()) {
            Some(stmt) => statement::effects(reader, &stmt),
            None => parts(reader, node),
        },
    }
}

fn parts(reader: &mut Reader, node: &SyntaxNode) {
    for part in node.children() {
        step(reader, &part);
    }
}

/// Statements in their order. What follows one that may leave may not happen.
fn statements(reader: &mut Reader, body: &SyntaxNode) {
    let mut left = false;
    for stmt in body.children() {
        if left {
            perhaps(reader, &stmt, step);
        } else {
            step(reader, &stmt);
        }
        left |= leaves(&stmt);
    }
}

/// A block with handlers may be undone, wholly or in part.
fn block(reader: &mut Reader, node: &SyntaxNode) {
    let outer = reader.variables.clone();
    label(reader, node);
    let handled =
        (node.children()).any(|part| part.kind() == SyntaxKind::PLPGSQL_EXCEPTION_SECTION);
    for part in node.children() {
        match part.kind() {
            SyntaxKind::PLPGSQL_DECLARE_SECTION => parts(reader, &part),
            _ if handled => perhaps(reader, &part, step),
            _ => step(reader, &part),
        }
    }
    reader.variables = outer;
}

/// The first condition or query is always read; the rest only if it says so.
fn branching(reader: &mut Reader, node: &SyntaxNode) {
    let outer = reader.variables.clone();
    label(reader, node);
    let mut first = true;
    for part in node.children() {
        let decides = matches!(
            part.kind(),
            SyntaxKind::PLPGSQL_EXPR | SyntaxKind::PLPGSQL_FOR_RANGE
        ) || ast::Stmt::can_cast(part.kind());
        if decides && first {
            step(reader, &part);
        } else {
            if part.kind() == SyntaxKind::PLPGSQL_BODY {
                loop_variables(reader, node);
            }
            perhaps(reader, &part, step);
        }
        first &= !decides;
    }
    reader.variables = outer;
}

/// Only the body of a loop sees its variables; its bounds and its query do not.
fn loop_variables(reader: &mut Reader, node: &SyntaxNode) {
    for part in node.children() {
        if part.kind() == SyntaxKind::PLPGSQL_FOR_VARIABLE {
            named(reader, &part);
        }
    }
}

/// Reads what may not happen.
fn perhaps(reader: &mut Reader, node: &SyntaxNode, read: fn(&mut Reader, &SyntaxNode)) {
    let path = reader.search_path.clone();
    reader.with_certainty(Certainty::Conditional, |reader| read(reader, node));
    if reader.search_path != path {
        reader.unknown(
            node,
            "where names are looked for from here on depends on what happens",
        );
    }
}

fn execute(reader: &mut Reader, node: &SyntaxNode) {
    let outer = reader.variables.clone();
    let mut built = false;
    for part in node.children() {
        match part.kind() {
            SyntaxKind::PLPGSQL_EXPR if !built => {
                built = true;
                dynamic::execute(reader, &part);
            }
            SyntaxKind::PLPGSQL_BODY => {
                loop_variables(reader, node);
                perhaps(reader, &part, step);
            }
            _ => step(reader, &part),
        }
    }
    reader.variables = outer;
}

fn declare(reader: &mut Reader, node: &SyntaxNode) {
    query::types_in(reader, node, Usage::RUN);
    for part in node.children() {
        if part.kind() == SyntaxKind::PLPGSQL_VAR_INIT {
            parts(reader, &part);
        }
    }
    named(reader, node);
}

/// A cursor's query is read when it is opened.
fn cursor(reader: &mut Reader, node: &SyntaxNode) {
    let outer = reader.variables.clone();
    perhaps(reader, node, parts);
    reader.variables = outer;
    named(reader, node);
}

/// What the node declares is a variable from here on.
fn named(reader: &mut Reader, node: &SyntaxNode) {
    let name = (node.children()).find(|part| {
        matches!(
            part.kind(),
            SyntaxKind::PLPGSQL_VAR_NAME | SyntaxKind::PLPGSQL_VAR_NAME_REF
        )
    });
    if let Some(name) = name {
        reader.variables.declare(ast::normalize_name_node(&name));
    }
}

fn label(reader: &mut Reader, node: &SyntaxNode) {
    let label = (node.children()).find(|part| part.kind() == SyntaxKind::PLPGSQL_LABEL);
    if let Some(name) = label.and_then(|label| label.first_child()) {
        reader.variables.label(ast::normalize_name_node(&name));
    }
}

/// Whether what follows `stmt` may be left out.
fn leaves(stmt: &SyntaxNode) -> bool {
    stmt.descendants().any(|node| match node.kind() {
        SyntaxKind::PLPGSQL_RETURN_STMT => true,
        SyntaxKind::PLPGSQL_RAISE_STMT => raises(&node),
        SyntaxKind::PLPGSQL_EXIT_STMT | SyntaxKind::PLPGSQL_CONTINUE_STMT => {
            let labelled =
                (node.children()).any(|part| part.kind() == SyntaxKind::PLPGSQL_LABEL_NAME_REF);
            let within = |outer: &SyntaxNode| stmt.text_range().contains_range(outer.text_range());
            let mut loops = node.ancestors().take_while(within).filter(is_loop);
            labelled || loops.next().is_none()
        }
        _ => false,
    })
}

/// RAISE without a level is an exception.
fn raises(raise: &SyntaxNode) -> bool {
    let level = (raise.children()).find(|part| part.kind() == SyntaxKind::PLPGSQL_RAISE_LEVEL);
    level.is_none_or(|level| level.text().to_string().eq_ignore_ascii_case("exception"))
}

fn is_loop(node: &SyntaxNode) -> bool {
    matches!(
        node.kind(),
        SyntaxKind::PLPGSQL_LOOP_STMT
            | SyntaxKind::PLPGSQL_WHILE_STMT
            | SyntaxKind::PLPGSQL_FOR_I_STMT
            | SyntaxKind::PLPGSQL_FOR_CURSOR_STMT
            | SyntaxKind::PLPGSQL_FOR_QUERY_STMT
            | SyntaxKind::PLPGSQL_FOR_DYN_STMT
            | SyntaxKind::PLPGSQL_FOR_EACH_STMT
    )
}

/// Text that stands where a statement should.
fn is_unread_statement(node: &SyntaxNode) -> bool {
    let parent = node.parent().map(|parent| parent.kind());
    node.kind() == SyntaxKind::ERROR && parent == Some(SyntaxKind::PLPGSQL_BODY)
}
