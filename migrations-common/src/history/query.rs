//! How histories are read: by simple queries in read-only transactions, many tables in one round trip.

use postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::HistoryTable;
use super::catalog::Entry;
use crate::connect::{ServerError, problem_of};
use crate::problem::{Kind, Problem};

/// Tables in one transaction: what bounds it is the locks, two to four a table, of the 6,400 that a server has by default.
///
/// Each table has a statement of its own: a `union all` is no faster, and the planner's time for it grows with the
/// square of their number.
const TRANSACTION: usize = 100;

/// What there is of each of many tables, or why there is not. The error of all means that the connection is gone.
pub(super) type Each<T> = Result<Vec<Result<T, Problem>>, ServerError>;

/// What `read` makes of each of `entries`, in their order, `size` of them at once.
///
/// One table that cannot be read fails all that are read with it: they are halved until that one stands alone.
pub(super) fn by_halves<T>(
    entries: &[Entry<'_>],
    size: usize,
    mut read: impl FnMut(&[Entry<'_>]) -> Each<T>,
) -> Each<T> {
    let mut done = Vec::with_capacity(entries.len());
    let mut unread: Vec<&[Entry<'_>]> = entries.chunks(size).rev().collect();
    while let Some(chunk) = unread.pop() {
        match read(chunk) {
            Ok(values) => done.extend(values),
            Err(error) if error.connection_lost => return Err(error),
            Err(error) => match chunk {
                [one] => done.push(Err(unreadable(one.table, &error))),
                _ => {
                    let (left, right) = chunk.split_at(chunk.len() / 2);
                    unread.push(right);
                    unread.push(left);
                }
            },
        }
    }
    Ok(done)
}

/// The rows that `statements` give, one text a table, in one round trip. Leaves no transaction open when one fails.
pub(super) fn rows(
    client: &mut Client,
    statements: &[String],
) -> Result<Vec<SimpleQueryRow>, ServerError> {
    if statements.is_empty() {
        return Ok(Vec::new());
    }
    let begin = begin(statements.len());
    let transactions: Vec<String> = statements
        .chunks(TRANSACTION)
        .map(|statements| format!("{begin}; {}; commit", statements.join("; ")))
        .collect();
    let messages = client.simple_query(&transactions.join("; "));
    let messages = messages.map_err(|error| {
        let error = problem_of(&error);
        if !error.connection_lost {
            // The first error is the one to report; a lost connection shows at the next query.
            let _ = client.simple_query("rollback");
        }
        error
    })?;
    let row = |message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    };
    Ok(messages.into_iter().filter_map(row).collect())
}

/// What a transaction reads is of one moment. It waits 5 seconds for a table that somebody rebuilds: when it stands
/// alone, not once for each half that it is in.
fn begin(tables: usize) -> String {
    let lock_timeout = if tables > 1 { "500ms" } else { "5s" };
    format!(
        "begin isolation level repeatable read read only; \
         set local lock_timeout = '{lock_timeout}'; set local statement_timeout = '60s'; \
         set local search_path = pg_catalog, pg_temp"
    )
}

fn unreadable(table: &HistoryTable, error: &ServerError) -> Problem {
    let table = table.sql();
    let mut problem = Problem::new(
        Kind::Failed,
        "unreadable-history",
        format!("cannot read {table}: {}", error.message),
    );
    problem.sqlstate.clone_from(&error.sqlstate);
    if error.sqlstate.as_deref() == Some("42501") {
        problem = problem.help(format!(
            "grant select, insert, update, delete on {table} to the role that migrates"
        ));
    }
    problem
}
