//! What the server, or the way to it, said was wrong.

use std::error::Error;
use std::io;

use postgres::error::{DbError, ErrorPosition, Severity};

use crate::problem::{Kind, Problem};

/// An error of the driver, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerError {
    /// The server's five-character code; `None` if the error is not the server's.
    pub sqlstate: Option<String>,
    /// What is wrong, in the server's or the driver's words.
    pub message: String,
    /// More about it.
    pub detail: Option<String>,
    /// What the server suggests.
    pub hint: Option<String>,
    /// The functions and internal queries that it happened in, innermost first.
    pub context: Option<String>,
    /// Where in the statement that was sent, in characters from 1.
    pub position: Option<u32>,
    /// Where in a query that a function ran (characters from 1), and that query.
    pub internal: Option<(u32, String)>,
    /// The schema that it is about.
    pub schema: Option<String>,
    /// The table that it is about.
    pub table: Option<String>,
    /// The column that it is about.
    pub column: Option<String>,
    /// The constraint, or the index, that it is about.
    pub constraint: Option<String>,
    /// Whether the connection is gone: nothing more can be sent on it, and what it had open was rolled back.
    pub connection_lost: bool,
}

/// Takes an error of the driver apart.
pub fn problem_of(error: &postgres::Error) -> ServerError {
    match error.as_db_error() {
        Some(error) => of_server(error),
        None => ServerError {
            message: words(error),
            connection_lost: error.is_closed() || is_broken_socket(error),
            ..ServerError::default()
        },
    }
}

impl ServerError {
    /// As a problem of `kind`, with the server's detail and context as notes and its hint as a help.
    pub fn into_problem(self, kind: Kind, code: &'static str) -> Problem {
        let mut problem = Problem::new(kind, code, self.message);
        problem.notes.extend(self.detail);
        problem.notes.extend(self.context);
        problem.helps.extend(self.hint);
        problem.sqlstate = self.sqlstate;
        problem
    }
}

fn of_server(error: &DbError) -> ServerError {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let (position, internal) = match error.position() {
        Some(ErrorPosition::Original(position)) => (Some(*position), None),
        Some(ErrorPosition::Internal { position, query }) => {
            (None, Some((*position, query.clone())))
        }
        None => (None, None),
    };
    ServerError {
        sqlstate: Some(error.code().code().to_owned()),
        message: error.message().to_owned(),
        detail: text(error.detail()),
        hint: text(error.hint()),
        context: text(error.where_()),
        position,
        internal,
        schema: text(error.schema()),
        table: text(error.table()),
        column: text(error.column()),
        constraint: text(error.constraint()),
        connection_lost: ends_session(error),
    }
}

/// The server closes a session after FATAL and PANIC and only then (manual, 19.8 "Message Severity Levels"). A plain
/// ERROR of class 08 is about another connection, one of `postgres_fdw` say. Only servers before 9.6 and some poolers send
/// no such word that is not translated; there the code has to tell.
fn ends_session(error: &DbError) -> bool {
    let code = error.code().code();
    error.parsed_severity().map_or_else(
        || {
            code.starts_with("08")
                || matches!(code, "57P01" | "57P02" | "57P03" | "57P05" | "25P03")
        },
        |severity| matches!(severity, Severity::Fatal | Severity::Panic),
    )
}

/// `InvalidInput` is a value that the driver could not encode; nothing was sent.
fn is_broken_socket(error: &postgres::Error) -> bool {
    let source = error
        .source()
        .and_then(<dyn Error>::downcast_ref::<io::Error>);
    source.is_some_and(|error| error.kind() != io::ErrorKind::InvalidInput)
}

/// The error's words with those of its causes; the driver's own are often just `error performing TLS handshake`.
pub(super) fn words(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        next = cause.source();
    }
    words
}
