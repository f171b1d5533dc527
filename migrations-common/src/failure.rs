//! A server's error as a problem: the file, the line, the caret, and what remains.

use std::ops::Range;

use crate::batch::{Batch, Mark};
use crate::connect::ServerError;
use crate::prepare::Prepared;
use crate::problem::{Kind, Place, Problem};
use crate::sql::lexer::tokens;
use crate::sql::span::byte_of_character;

/// Where in the sent text an error is, as far as known.
pub enum Where<'a> {
    /// In a batch, which reached a mark.
    Batch(&'a Batch, Option<Mark>),
    /// In one statement of the first file, sent alone.
    Statement(usize),
}

/// The index of the file that failed, and the problem to show.
///
/// An error that carries a position points at its token; one that carries none at the statement that ran.
pub fn describe(error: &ServerError, files: &[&Prepared], at: &Where<'_>) -> (usize, Problem) {
    let (index, rendered) = locate(error, files, at);
    let code = if error.connection_lost {
        "connection-lost"
    } else {
        "migration-failed"
    };
    let mut problem = Problem::new(Kind::Failed, code, error.message.clone());
    problem.sqlstate.clone_from(&error.sqlstate);
    if let Some(file) = files.get(index) {
        problem.migration = Some(file.migration.label());
        if let Some(place) = rendered.map(|span| place(file, &span)) {
            problem = problem.at(place.labelled(label(error)));
        } else {
            problem = problem.at(file.source.place(0..0).labelled(label(error)));
        }
    }
    if let Some(help) = way_out(error) {
        problem = problem.help(help);
    }
    for note in [&error.detail, &error.context].into_iter().flatten() {
        problem = problem.note(note.clone());
    }
    if let Some((position, query)) = &error.internal {
        let before: String = query
            .chars()
            .take(usize::try_from(*position).unwrap_or(0).saturating_sub(1))
            .collect();
        let line = before.lines().count().max(1);
        problem = problem.note(format!(
            "in line {line} of the query that a function ran: {}",
            query.trim()
        ));
    }
    (index, problem)
}

/// What helps against the limits that we set.
fn way_out(error: &ServerError) -> Option<&'static str> {
    match error.sqlstate.as_deref()? {
        // Also what an operator cancels; the words of the two differ with the server's language.
        "57014" => {
            Some("if it needs more time, begin the file with: -- migration: statement-timeout 1h")
        }
        "55P03" => Some(
            "if it may wait longer for its locks, begin the file with: -- migration: lock-timeout 10s",
        ),
        _ => None,
    }
}

/// Adds the words for constraints that are checked earlier than the file's author may think.
pub fn explain_immediate(problem: Problem, index: usize) -> Problem {
    let class = problem.sqlstate.clone().unwrap_or_default();
    if index > 0 && class.starts_with("23") {
        return problem
            .note("deferred constraints are checked at once here: earlier migrations share the transaction")
            .help("to defer to a commit of its own, begin the file with: -- migration: commit-before");
    }
    problem
}

fn label(error: &ServerError) -> String {
    let mut words = error
        .sqlstate
        .as_ref()
        .map_or_else(String::new, |code| format!("PostgreSQL {code}"));
    if let Some(hint) = &error.hint {
        words = format!("{words}; hint: {hint}");
    }
    words
}

fn locate(
    error: &ServerError,
    files: &[&Prepared],
    at: &Where<'_>,
) -> (usize, Option<Range<usize>>) {
    let position = error.position.and_then(|p| usize::try_from(p).ok());
    match at {
        Where::Batch(batch, mark) => {
            if let Some((index, offset)) = position
                .map(|p| byte_of_character(&batch.sql, p))
                .and_then(|byte| batch.locate(byte))
            {
                return (index, files.get(index).map(|file| token(file, offset)));
            }
            let (index, statement) = match mark {
                None => (0, 0),
                Some(Mark {
                    file,
                    statements: Some(done),
                }) => (*file, *done),
                // The error came after the file: from a deferred constraint, at the latest at the commit.
                Some(Mark {
                    file,
                    statements: None,
                }) if file + 1 >= files.len() => return (*file, None),
                Some(Mark {
                    file,
                    statements: None,
                }) => (file + 1, 0),
            };
            (
                index,
                files
                    .get(index)
                    .and_then(|file| file.statements.get(statement).cloned()),
            )
        }
        Where::Statement(number) => {
            let statement = files.first().and_then(|file| {
                file.statements
                    .get(*number)
                    .map(|span| (*file, span.clone()))
            });
            let found = statement.map(|(file, span)| match position {
                Some(position) => {
                    let sent = file.rendered.text.get(span.clone()).unwrap_or("");
                    token(file, span.start + byte_of_character(sent, position))
                }
                None => span,
            });
            (0, found)
        }
    }
}

/// The token that byte `offset` of what was sent belongs to; after the last statement, its end.
fn token(file: &Prepared, offset: usize) -> Range<usize> {
    if let Some(last) = file.statements.last().filter(|last| last.end <= offset) {
        return last.end..last.end;
    }
    tokens(&file.rendered.text)
        .map(|token| token.span)
        .find(|span| span.contains(&offset))
        .unwrap_or(offset..offset)
}

/// What was sent, as a place in the file; a statement of many lines is shown by its first.
fn place(file: &Prepared, sent: &Range<usize>) -> Place {
    let start = file.rendered.origin(sent.start);
    let end = file.rendered.origin(sent.end).max(start);
    let text = file.source.text.get(start..end).unwrap_or("");
    let first_line = text.split('\n').next().unwrap_or("").trim_end();
    file.source.place(start..start + first_line.len())
}
