//! Sending the statements of both sides, and seeing what they do.

use std::collections::BTreeSet;

use postgres::{Client, SimpleQueryMessage};

use super::observe::{Mark, Seen};
use super::picture::Picture;
use super::script::{Script, ScriptStep, changed_tables, returns_rows};
use crate::connect::{ServerError, problem_of};
use crate::shadow::Limits;
use crate::sql::{Name, Statement, quote};

/// What both sides did.
pub(super) struct Done {
    /// The side that ran first.
    pub(super) first: Seen,
    /// The other.
    pub(super) second: Seen,
}

/// Where an order stopped.
pub(super) struct Stopped {
    /// Whose turn it was: the second side's, or the first's.
    pub(super) is_second: bool,
    /// The step and the statement that failed, or no statement but the commit; `None` if it was a statement of ours.
    pub(super) at: Option<(usize, Option<usize>)>,
    pub(super) error: ServerError,
}

/// Runs both sides in one transaction that it leaves open, and looks at what they leave.
pub(super) fn in_transaction(
    client: &mut Client,
    first: &Script<'_>,
    second: &Script<'_>,
    limits: Limits,
) -> Result<(Done, Picture), Stopped> {
    send(client, BEGIN).map_err(of_first)?;
    let before = Mark::now(client).map_err(of_first)?;
    within_transaction(client, first, limits).map_err(|halt| halt.of(false))?;
    let between = Mark::now(client).map_err(of_first)?;
    within_transaction(client, second, limits).map_err(|halt| halt.of(true))?;
    let after = Mark::now(client).map_err(of_first)?;
    let done = Done {
        first: Seen::between(&before, &between),
        second: Seen::between(&between, &after),
    };
    let picture = Picture::read(client).map_err(of_first)?;
    Ok((done, picture))
}

/// Ends what [`in_transaction`] left open, in whatever state it is.
pub(super) fn roll_back(client: &mut Client) -> Result<(), ServerError> {
    send(client, "rollback")?;
    // On its own: statements that are sent together share a transaction, and it runs in none.
    send(client, "discard all")
}

/// All steps of a side in the transaction that is open. Deferred constraints are checked where they would commit.
fn within_transaction(
    client: &mut Client,
    script: &Script<'_>,
    limits: Limits,
) -> Result<(), Halt> {
    for (step, one) in script.steps.iter().enumerate() {
        send(client, &settings(one, limits, "set local"))?;
        for (number, statement) in one.statements.iter().enumerate() {
            send(client, statement.text()).map_err(Halt::at(step, Some(number)))?;
        }
        send(client, "set constraints all immediate").map_err(Halt::at(step, None))?;
        send(client, FORGET)?;
    }
    Ok(())
}

/// Runs both sides as the engine would: one transaction a step, or none.
pub(super) fn with_commits(
    client: &mut Client,
    first: &Script<'_>,
    second: &Script<'_>,
    limits: Limits,
) -> Result<Done, Stopped> {
    Ok(Done {
        first: steps_with_commits(client, first, limits).map_err(|halt| halt.of(false))?,
        second: steps_with_commits(client, second, limits).map_err(|halt| halt.of(true))?,
    })
}

fn steps_with_commits(
    client: &mut Client,
    script: &Script<'_>,
    limits: Limits,
) -> Result<Seen, Halt> {
    let mut seen = Seen::default();
    for (step, one) in script.steps.iter().enumerate() {
        let mut of_step = if one.step.transactional {
            with_commit(client, step, one, limits)?
        } else {
            without_transaction(client, step, one, limits)?
        };
        send(client, "discard all")?;
        if one.step.changes_data && !of_step.is_about_rows() && of_step.rewritten.is_empty() {
            of_step.idle_files.insert(one.step.source.path.to_string());
        }
        seen.merge(of_step);
    }
    Ok(seen)
}

fn with_commit(
    client: &mut Client,
    step: usize,
    one: &ScriptStep<'_>,
    limits: Limits,
) -> Result<Seen, Halt> {
    send(client, BEGIN)?;
    let before = Mark::now(client)?;
    send(client, &settings(one, limits, "set local"))?;
    let mut idle = BTreeSet::new();
    for (number, statement) in one.statements.iter().enumerate() {
        // The server counts the rows, those of triggers and functions too.
        let changed = run(client, statement).map_err(Halt::at(step, Some(number)))?;
        idle.extend(changed.without_rows());
    }
    // Deferred constraints are checked here, as they would be at the commit; so are triggers that fail.
    send(client, "set constraints all immediate").map_err(Halt::at(step, None))?;
    let after = Mark::now(client)?;
    send(client, "commit").map_err(Halt::at(step, None))?;
    let mut seen = Seen::between(&before, &after);
    seen.idle = idle;
    Ok(seen)
}

fn without_transaction(
    client: &mut Client,
    step: usize,
    one: &ScriptStep<'_>,
    limits: Limits,
) -> Result<Seen, Halt> {
    let mut seen = Seen {
        locks_unknown: true,
        ..Seen::default()
    };
    send(client, &settings(one, limits, "set"))?;
    for (number, statement) in one.statements.iter().enumerate() {
        let changed = run(client, statement).map_err(Halt::at(step, Some(number)))?;
        if changed.rows > 0 {
            let written = changed
                .tables
                .iter()
                .cloned()
                .map(|table| (table, changed.rows));
            seen.written.extend(written);
        }
        seen.idle.extend(changed.without_rows());
    }
    Ok(seen)
}

/// Why a side did not run to its end.
struct Halt {
    /// The step and the statement that failed, or no statement but the commit; `None` if it was a statement of ours.
    at: Option<(usize, Option<usize>)>,
    error: ServerError,
}

impl Halt {
    fn at(step: usize, statement: Option<usize>) -> impl Fn(ServerError) -> Halt {
        move |error| Halt {
            at: Some((step, statement)),
            error,
        }
    }

    fn of(self, is_second: bool) -> Stopped {
        Stopped {
            is_second,
            at: self.at,
            error: self.error,
        }
    }
}

impl From<ServerError> for Halt {
    fn from(error: ServerError) -> Self {
        Halt { at: None, error }
    }
}

/// A statement of ours failed, whoever's turn it was.
fn of_first(error: ServerError) -> Stopped {
    Halt::from(error).of(false)
}

/// What a statement says that it changes, and how much of it it changed.
#[derive(Default)]
struct Changed {
    tables: Vec<String>,
    rows: u64,
}

impl Changed {
    /// Its tables, if it tells of no row that it changed. TRUNCATE and ALTER TABLE never do: what they do shows in their
    /// tables' files. Nor does what has RETURNING: that shows in what the server counts.
    fn without_rows(self) -> Vec<String> {
        if self.rows == 0 {
            self.tables
        } else {
            Vec::new()
        }
    }
}

fn run(client: &mut Client, statement: &Statement<'_>) -> Result<Changed, ServerError> {
    let names = changed_tables(statement);
    let mut rows = None;
    // What a statement selects may be a whole table: nobody keeps it.
    if names.is_empty() || returns_rows(statement) {
        send(client, statement.text())?;
    } else {
        let messages = client
            .simple_query(statement.text())
            .map_err(|error| problem_of(&error))?;
        rows = messages.iter().rev().find_map(|message| match message {
            SimpleQueryMessage::CommandComplete(rows) => Some(*rows),
            _ => None,
        });
    }
    let tables: Result<Vec<String>, ServerError> =
        names.iter().map(|name| resolve(client, name)).collect();
    Ok(Changed {
        tables: tables?,
        rows: rows.unwrap_or_default(),
    })
}

/// The table that a name means on the `search_path` of the moment, as it is called everywhere else.
fn resolve(client: &mut Client, name: &Name) -> Result<String, ServerError> {
    let mut written = quote::identifier(&name.name);
    if let Some(schema) = &name.schema {
        written = format!("{}.{written}", quote::identifier(schema));
    }
    let query = format!(
        "select pg_catalog.format('%I.%I', n.nspname, c.relname) \
         from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
         where c.oid = pg_catalog.to_regclass({})",
        quote::literal(&written)
    );
    let messages = client
        .simple_query(&query)
        .map_err(|error| problem_of(&error))?;
    let found = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten().map(str::to_owned),
        _ => None,
    });
    Ok(found.unwrap_or(written))
}

const BEGIN: &str = "begin isolation level read committed read write";

/// Between two files that share a transaction: what the engine does there too.
const FORGET: &str = "reset session authorization; reset role; reset all; \
    close all; unlisten *; deallocate all; discard temp";

/// The settings in force while a step runs.
fn settings(script: &ScriptStep<'_>, limits: Limits, set: &str) -> String {
    let path: Vec<String> = script
        .step
        .search_path
        .iter()
        .map(|schema| quote::identifier(schema))
        .collect();
    // `set search_path = ""` is no error, and means none.
    let path = if path.is_empty() {
        "''".to_owned()
    } else {
        path.join(", ")
    };
    format!(
        "{set} search_path = {path}; {set} lock_timeout = {}; {set} statement_timeout = {}; \
         set standard_conforming_strings = on",
        limits.lock.as_millis(),
        limits.statement.as_millis(),
    )
}

fn send(client: &mut Client, sql: &str) -> Result<(), ServerError> {
    client
        .batch_execute(sql)
        .map_err(|error| problem_of(&error))
}
