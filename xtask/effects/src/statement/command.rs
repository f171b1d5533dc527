//! TRUNCATE, COPY, CALL, EXPLAIN, and statements that are prepared or fetched from.

use std::collections::BTreeSet;

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use crate::effect::{Action, Attribute, Certainty, Columns, Need, Object, RowChange};
use crate::query::{self, Scope, Source, Usage, Uses, expression};
use crate::reader::{Reader, text};
use crate::statement;

/// CALL. The procedure's body is read where it is made.
pub(super) fn call(reader: &mut Reader, call: &ast::Call) {
    let Some(path) = call.procedure_name_ref().and_then(|name| name.path_ref()) else {
        return reader.unknown(call.syntax(), "the procedure has no name");
    };
    let name = reader.name(path.syntax());
    reader.emit(Object::Routine(name), Action::Call, path.syntax());
    if let Some(arguments) = call.arg_list() {
        query::free_expression(reader, arguments.syntax(), Usage::RUN);
    }
}

/// LOCK ends with the transaction, and fails without its table.
pub(super) fn lock(reader: &mut Reader, lock: &ast::Lock) {
    for name in (lock.syntax().descendants()).filter_map(ast::RelationNameRef::cast) {
        let relation = reader.name(name.syntax());
        reader.need(Object::Relation(relation), Need::Existence, name.syntax());
    }
}

pub(super) fn truncate(reader: &mut Reader, truncate: &ast::Truncate) {
    let restart = matches!(
        truncate.identity_action(),
        Some(ast::IdentityAction::RestartIdentity(_))
    );
    let list = truncate.table_list();
    for table in list.iter().flat_map(ast::TableList::table_relation_names) {
        let Some(path) = table.table_name_ref().and_then(|name| name.path_ref()) else {
            continue;
        };
        let name = reader.name(path.syntax());
        let change = RowChange::Truncate;
        let columns = Columns::All;
        let write = Action::Write { change, columns };
        reader.emit(Object::rows(&name), write, path.syntax());
        if restart {
            let attribute = Attribute::Position;
            let value = "restart".to_owned();
            reader.emit(
                Object::Relation(name),
                Action::Set { attribute, value },
                path.syntax(),
            );
        }
    }
    if let Some(ast::DropBehavior::Cascade(cascade)) = truncate.drop_behavior() {
        reader.unknown(
            cascade.syntax(),
            "CASCADE empties whatever refers to the table",
        );
    }
}

pub(super) fn copy(reader: &mut Reader, copy: &ast::Copy) {
    if let Some(query) = copy.copy_query() {
        for statement in query.syntax().children() {
            query::statement(reader, &statement, Usage::RUN);
        }
        return leaves_server(reader, copy);
    }
    let Some(table) = copy.copy_table() else {
        return reader.unknown(copy.syntax(), "the statement has no table");
    };
    let Some(path) = table.table_name_ref().and_then(|name| name.path_ref()) else {
        return reader.unknown(copy.syntax(), "the statement has no table");
    };
    let name = reader.name(path.syntax());
    let list = table.column_ref_list();
    let mut named = BTreeSet::new();
    let columns = list.iter().flat_map(ast::ColumnRefList::column_name_refs);
    for column in columns {
        if let Some(column_name) = text(Some(column.clone())) {
            reader.need(
                Object::column(&name, column_name.clone()),
                Need::Existence,
                column.syntax(),
            );
            named.insert(column_name);
        }
    }
    let columns = match list {
        Some(_) => Columns::Some(named),
        None => {
            reader.need(Object::Relation(name.clone()), Need::Columns, path.syntax());
            Columns::All
        }
    };
    let action = match copy.copy_direction() {
        Some(ast::CopyDirection::CopyFrom(_)) => {
            let change = RowChange::Insert;
            Action::Write { change, columns }
        }
        Some(ast::CopyDirection::CopyTo(_)) => Action::Read { columns },
        None => return reader.unknown(copy.syntax(), "it does not say where to"),
    };
    reader.emit(Object::rows(&name), action, path.syntax());
    if let Some(condition) = copy.where_clause() {
        let mut uses = Uses::new(reader, Usage::RUN);
        let scope = Scope {
            sources: vec![Source::relation(None, name)],
            ..Scope::default()
        };
        expression(&mut uses, &scope, condition.syntax());
        uses.finish();
    }
    leaves_server(reader, copy);
}

/// A program that the server runs can do anything; a file only gives or takes rows.
fn leaves_server(reader: &mut Reader, copy: &ast::Copy) {
    let programs = (copy.syntax().descendants())
        .filter_map(ast::CopyProgram::cast)
        .filter(|copy| copy.program_token().is_some());
    for program in programs {
        reader.unknown(program.syntax(), "the server runs a program");
    }
}

pub(super) fn declare(reader: &mut Reader, declare: &ast::Declare) {
    if let Some(select) = declare.query() {
        query::statement(reader, select.syntax(), Usage::RUN);
    }
}

pub(super) fn execute(reader: &mut Reader, execute: &ast::Execute) {
    reader.unknown(execute.syntax(), "the statement was prepared elsewhere");
}

/// What is prepared has its effects when it is executed, as far as it is.
pub(super) fn prepare(reader: &mut Reader, prepare: &ast::Prepare) {
    match prepare.stmt() {
        Some(stmt) => reader.with_certainty(Certainty::Conditional, |reader| {
            query::statement(reader, stmt.syntax(), Usage::RUN);
        }),
        None => reader.unknown(prepare.syntax(), "the prepared statement is not read"),
    }
}

/// EXPLAIN runs its statement only with ANALYZE.
pub(super) fn explain(reader: &mut Reader, explain: &ast::Explain) {
    let Some(inner) = explain.explain_stmt() else {
        return reader.unknown(explain.syntax(), "the explained statement is not read");
    };
    if analyzes(explain) {
        run(reader, inner.syntax());
    }
}

fn run(reader: &mut Reader, node: &SyntaxNode) {
    match ast::Stmt::cast(node.clone()) {
        Some(stmt) => statement::effects(reader, &stmt),
        None => reader.unknown(node, "no rule says what this statement does"),
    }
}

fn analyzes(explain: &ast::Explain) -> bool {
    match explain.explain_mode() {
        Some(ast::ExplainMode::ExplainAnalyze(_)) => true,
        Some(ast::ExplainMode::ExplainOptionList(list)) => list.explain_options().any(|option| {
            let named = option.explain_option_name();
            let named = named.map(|name| ast::normalize_name_node(name.syntax()));
            let value = option.explain_option_value();
            let value = value.map(|value| value.syntax().text().to_string().to_lowercase());
            let off = value.is_some_and(|value| {
                matches!(value.trim_matches('\''), "false" | "off" | "no" | "0")
            });
            named.is_some_and(|name| name == "analyze" || name == "analyse") && !off
        }),
        _ => false,
    }
}
