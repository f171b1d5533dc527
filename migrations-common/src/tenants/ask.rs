//! One question to a server, in a transaction that only reads and takes nothing with it.

use std::sync::Arc;

use postgres::{SimpleQueryMessage, SimpleQueryRow};

use super::{Asking, interrupted, mask::mask};
use crate::connect::{Parameters, ServerError, problem_of};
use crate::event::Observer;
use crate::problem::{Kind, Place, Problem};
use crate::session::Session;

/// A reader waits no longer for a table that somebody rebuilds.
const LIMITS: &str = "set local lock_timeout = '5s'; set local statement_timeout = '60s'";

/// Why a row has no name.
pub(super) const NULL: &str = "the name is NULL";

/// What a question came to.
pub(super) struct Answer {
    /// How many columns it has; none, too, if the statement was no query.
    pub(super) columns: usize,
    /// Its rows.
    pub(super) rows: Vec<SimpleQueryRow>,
}

/// Why there is no answer.
pub(super) enum Unanswered {
    /// It was not asked.
    Before(Problem),
    /// The server did not answer it.
    Refused(Box<ServerError>),
}

/// Asks `query`, one statement, after `settings` for the transaction, which may be none.
///
/// It is sent alone, so that the position of an error is one in `query`. By simple queries in one transaction, so it works through a transaction pooler.
pub(super) fn ask(
    parameters: &Parameters,
    asking: &Asking<'_>,
    settings: &str,
    query: &str,
) -> Result<Answer, Unanswered> {
    if asking.interrupt.requested().is_some() {
        return Err(Unanswered::Before(interrupted()));
    }
    let nobody: Observer = Arc::new(|_| {});
    let mut session = Session::open(parameters, asking.app, &nobody, asking.interrupt)
        .map_err(Unanswered::Before)?;
    session
        .ask(&format!("begin read only; {LIMITS}; {settings}"))
        .map_err(Unanswered::refused)?;
    let messages = session.client().simple_query(query);
    // The answer is here, or the error that matters; and nothing was changed.
    let _ = session.ask("rollback");
    let messages = messages.map_err(|error| {
        if asking.interrupt.requested().is_some() {
            Unanswered::Before(interrupted())
        } else {
            Unanswered::refused(problem_of(&error))
        }
    })?;
    let mut answer = Answer {
        columns: 0,
        rows: Vec::new(),
    };
    for message in messages {
        match message {
            SimpleQueryMessage::RowDescription(columns) => answer.columns = columns.len(),
            SimpleQueryMessage::Row(row) => answer.rows.push(row),
            _ => {}
        }
    }
    Ok(answer)
}

impl Unanswered {
    fn refused(error: ServerError) -> Self {
        Unanswered::Refused(Box::new(error))
    }

    /// As a problem at `place`: of code `code`, and with `what` before the server's own words, if it was the server that
    /// did not answer.
    pub(super) fn into_problem(self, code: &'static str, what: &str, place: Place) -> Problem {
        let error = match self {
            Unanswered::Before(problem) if problem.kind == Kind::Interrupted => return problem,
            Unanswered::Before(problem) => return problem.at(place),
            Unanswered::Refused(error) => error,
        };
        let code = if error.connection_lost {
            "connection-lost"
        } else {
            code
        };
        let help = way_out(&error);
        let mut problem = error.into_problem(Kind::Failed, code);
        // The server quotes values that it cannot convert, and one may be a URL.
        problem.message = format!("{what}: {}", mask(&problem.message));
        problem.notes.iter_mut().for_each(|note| *note = mask(note));
        problem.helps.extend(help.map(str::to_owned));
        problem.at(place)
    }
}

/// What helps against the limits that are set above.
fn way_out(error: &ServerError) -> Option<&'static str> {
    match error.sqlstate.as_deref()? {
        "25006" => {
            Some("it runs in a transaction that only reads: list the tenants, change nothing")
        }
        "42501" => Some("grant the role that migrates the right to read it"),
        "55P03" => Some("somebody holds a lock on what it reads: try again when they are done"),
        "57014" => Some("it may take 60 s: ask for less, or add an index"),
        _ => None,
    }
}

/// The text in `column` of `row`: `Ok(None)` is NULL.
pub(super) fn text(row: &SimpleQueryRow, column: usize) -> Result<Option<String>, &'static str> {
    // A query may set client_encoding; the driver's other way to read a column panics then.
    row.try_get(column)
        .map(|text| text.map(str::to_owned))
        .map_err(|_| "the name is not UTF-8")
}
