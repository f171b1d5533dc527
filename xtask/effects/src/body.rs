//! Bodies of routines and DO blocks.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use crate::effect::Certainty;
use crate::query::{self, Usage};
use crate::read::UNKNOWN_SYNTAX;
use crate::reader::{Reader, segments, text};
use crate::{search_path, statement};

mod dynamic;
mod plpgsql;
mod recover;

/// A body in a body in a body: no more than this is read.
const DEEPEST: usize = 8;

/// The body of CREATE FUNCTION or CREATE PROCEDURE: what it does when it is called, and what PostgreSQL keeps of it.
pub(crate) fn routine(reader: &mut Reader, create: &SyntaxNode) {
    let variables = reader.variables.clone();
    let path = reader.search_path.clone();
    parameters(reader, create);
    settings(reader, create);
    match language(create).as_deref() {
        Some("plpgsql") => {
            let body = ast::CreateFunction::cast(create.clone())
                .and_then(|function| function.plpgsql())
                .or_else(|| ast::CreateProcedure::cast(create.clone())?.plpgsql());
            reader.with_certainty(Certainty::Late, |reader| match body {
                Some(body) => plpgsql::body(reader, &body, create),
                None => reader.unknown(create, "the body is not read"),
            });
        }
        Some("sql") | None => sql(reader, create),
        // Compiled code is not in the file, and what it does to tables is not a migration's.
        Some("c" | "internal") => {}
        Some(other) => {
            let why = format!("the body is written in {other}");
            reader.with_certainty(Certainty::Late, |reader| reader.unknown(create, why));
        }
    }
    reader.variables = variables;
    reader.search_path = path;
}

/// `DO`: it runs now.
pub(crate) fn block(reader: &mut Reader, block: &ast::Do) {
    let variables = std::mem::take(&mut reader.variables);
    match block.plpgsql() {
        Some(body) => plpgsql::body(reader, &body, block.syntax()),
        None => reader.unknown(
            block.syntax(),
            "the block is written in a language that is not read",
        ),
    }
    reader.variables = variables;
}

/// A string body, `return …` or `begin atomic … end`.
fn sql(reader: &mut Reader, create: &SyntaxNode) {
    reader.variables.columns_first = true;
    parameters(reader, create);
    let kept = create.children().find_map(ast::RoutineBody::cast);
    let text = ast::CreateFunction::cast(create.clone())
        .and_then(|function| function.sql_body())
        .or_else(|| ast::CreateProcedure::cast(create.clone())?.sql_body());
    match (kept, text) {
        (Some(ast::RoutineBody::ReturnStmt(value)), _) => {
            query::free_expression(reader, value.syntax(), Usage::ATOMIC_BODY);
        }
        (Some(ast::RoutineBody::AtomicBody(body)), _) => {
            for stmt in body.syntax().children() {
                query::statement(reader, &stmt, Usage::ATOMIC_BODY);
            }
        }
        (None, Some(body)) => reader.with_certainty(Certainty::Late, |reader| {
            if reader.depth >= DEEPEST {
                return reader.unknown(create, "it is nested too deeply");
            }
            for error in body.errors() {
                reader.unread(error.range(), UNKNOWN_SYNTAX);
            }
            let places = body.clone();
            reader.within_body(
                move |range| places.source_range(range),
                |reader| {
                    for stmt in body.tree().stmts() {
                        statement::effects(reader, &stmt);
                    }
                },
            );
        }),
        (None, None) => reader.unknown(create, "the body is not read"),
    }
}

/// The parameters and the columns of the result, which PL/pgSQL knows as variables.
fn parameters(reader: &mut Reader, create: &SyntaxNode) {
    let names = (create.children())
        .filter(|part| ast::ParamList::can_cast(part.kind()) || ast::RetType::can_cast(part.kind()))
        .flat_map(|part| part.descendants());
    for name in names {
        if let Some(parameter) = ast::ParamName::cast(name.clone()) {
            let name = ast::normalize_name_node(parameter.syntax());
            reader.variables.declare(name);
        } else if let Some(name) =
            ast::ReturnTableColumn::cast(name).and_then(|column| text(column.name()))
        {
            reader.variables.declare(name);
        }
    }
    let path = (create.children()).find(|part| {
        ast::FunctionName::can_cast(part.kind()) || ast::ProcedureName::can_cast(part.kind())
    });
    if let Some(name) = path.and_then(|path| segments(&path).pop()) {
        reader.variables.label(name);
    }
}

/// `SET search_path = …` of the routine holds in its body.
fn settings(reader: &mut Reader, create: &SyntaxNode) {
    let settings = create.children().find_map(ast::FuncOptionList::cast);
    let settings = settings.iter().flat_map(|list| list.syntax().children());
    for setting in settings.flat_map(|option| option.descendants()) {
        if let Some(set) = ast::SetConfigParam::cast(setting)
            && let Some(name) = set.config_parameter_ref()
            && search_path::is_named(&name.syntax().text().to_string())
        {
            search_path::assign(reader, set.syntax());
        }
    }
}

fn language(create: &SyntaxNode) -> Option<String> {
    let options = create.children().find_map(ast::FuncOptionList::cast)?;
    let language = options
        .syntax()
        .children()
        .find_map(ast::LanguageFuncOption::cast)?;
    Some(language.language_name()?.name.to_lowercase())
}
