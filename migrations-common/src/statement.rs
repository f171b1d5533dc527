//! Statements outside a transaction: how each stands in the database before it is sent.

mod index;

use crate::connect::ServerError;
use crate::session::Session;
use crate::sql::recognise::{Step, step};
use crate::sql::{Name, quote, split};

/// How a statement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing of it is there, or nothing tells.
    ToDo,
    /// What it makes is there.
    Done,
    /// An interrupted run left something that must go first.
    Leftover {
        /// The statement that takes it away.
        drop: String,
    },
    /// An interrupted run left it half-way.
    ToFinish {
        /// The statement that finishes it.
        with: String,
    },
    /// Something else has its place.
    InTheWay(String),
}

/// Looks how `text`, one statement, stands on the session's `search_path`.
///
/// # Errors
/// The server's.
pub fn look(session: &mut Session, text: &str) -> Result<Standing, ServerError> {
    let statements = split(text).unwrap_or_default();
    let Some(statement) = statements.first() else {
        return Ok(Standing::ToDo);
    };
    let yes = |holds: bool, standing: Standing| if holds { standing } else { Standing::ToDo };
    match step(statement) {
        Step::CreateIndex(create) => index::look(session, text, &create),
        Step::DropIndex(drop) => {
            let there: Vec<String> = drop
                .names
                .iter()
                .map(|name| format!("to_regclass({}) is null", literal(name)))
                .collect();
            Ok(yes(session.holds(&there.join(" and "))?, Standing::Done))
        }
        Step::AddEnumValue(value) => {
            let label = quote::literal(&value.label);
            let condition = format!(
                "exists (select from pg_enum where enumtypid = to_regtype({}) and enumlabel = {label})",
                literal(&value.type_name)
            );
            Ok(yes(session.holds(&condition)?, Standing::Done))
        }
        Step::DetachPartition(detach) => {
            let (table, partition) = (literal(&detach.table), literal(&detach.partition));
            let row = format!(
                "from pg_inherits i where i.inhparent = to_regclass({table}) and i.inhrelid = to_regclass({partition})"
            );
            let state = session.ask(&format!(
                "select coalesce((select i.inhdetachpending::text {row}), 'detached')"
            ))?;
            Ok(match state.as_deref() {
                Some("detached")
                    if session.holds(&format!("to_regclass({partition}) is not null"))? =>
                {
                    Standing::Done
                }
                Some("true") => Standing::ToFinish {
                    with: format!(
                        "alter table {} detach partition {} finalize",
                        sql(&detach.table),
                        sql(&detach.partition)
                    ),
                },
                _ => Standing::ToDo,
            })
        }
        Step::Reindex | Step::Repeatable | Step::Unrecognised => Ok(Standing::ToDo),
    }
}

/// The first line of a statement, for messages.
pub fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("").trim()
}

/// A name, quoted and as it was qualified.
fn sql(name: &Name) -> String {
    match &name.schema {
        Some(schema) => format!(
            "{}.{}",
            quote::identifier(schema),
            quote::identifier(&name.name)
        ),
        None => quote::identifier(&name.name),
    }
}

/// The same as a string, for `to_regclass`.
fn literal(name: &Name) -> String {
    quote::literal(&sql(name))
}
