//! What a unit checks on the server before it changes anything, and before it records anything.

use super::Mark;
use crate::connect::ServerError;
use crate::history::{self, History, HistoryTable};
use crate::migration::Version;
use crate::sql::quote;
use crate::target::Scope;

/// A migration of another app, where its history is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Required {
    /// `app1/core/V12`.
    pub label: String,
    /// The other app's history table, in the same database.
    pub table: HistoryTable,
    /// The version that must be recorded there.
    pub version: Version,
}

/// Why a guard refused. The classes of these SQLSTATEs are none of PostgreSQL's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Somebody else holds the target's lock.
    Busy,
    /// The history is not what the plan was made from.
    HistoryChanged,
    /// A required migration is not applied; the message names it.
    Requirement(String),
    /// The schema is missing, or closed to us.
    Schema(String),
    /// A file ended the transaction that it ran in.
    LeftTransaction,
}

impl Refused {
    /// The refusal that `error` is, if it is one.
    pub fn of(error: &ServerError) -> Option<Self> {
        Some(match error.sqlstate.as_deref()? {
            BUSY => Refused::Busy,
            HISTORY => Refused::HistoryChanged,
            REQUIREMENT => Refused::Requirement(error.message.clone()),
            SCHEMA => Refused::Schema(error.message.clone()),
            LEFT => Refused::LeftTransaction,
            _ => return None,
        })
    }
}

const BUSY: &str = "MG001";
const HISTORY: &str = "MG002";
const REQUIREMENT: &str = "MG003";
const SCHEMA: &str = "MG004";
const LEFT: &str = "MG005";

/// A setting that only this transaction has.
const TOKEN: &str = "migrations.unit";

/// Takes the lock, then looks at what it protects: the history too, unless a script does so later.
///
/// In a volatile function each statement takes a snapshot of its own (manual, 38.7): the history is read after the
/// lock is taken, so what another runner committed before it let go is seen.
pub(super) fn sql(scope: &Scope, history: Option<&History>, requires: &[Required]) -> String {
    let schema = &scope.history.schema;
    let mut checks = vec![
        refuse(
            &format!("not {}", scope.lock().try_in_transaction()),
            BUSY,
            "the target is locked",
        ),
        refuse(
            &format!(
                "current_schema() is distinct from {}",
                quote::literal(schema)
            ),
            SCHEMA,
            &format!(
                "the schema {} does not exist, or the role has no USAGE on it",
                quote::identifier(schema)
            ),
        ),
    ];
    checks.extend(history.map(|history| same_history(&scope.history, history)));
    checks.extend(requires.iter().map(requirement));
    format!(
        "set local {TOKEN} = 'begun'; do {};",
        quote::literal(&format!("begin\n{}\nend", checks.join("\n")))
    )
}

/// The transaction that was begun is the one that records; sends `mark` once that is sure.
///
/// The lock is asked only when the token is gone, which RESET ALL takes away too: so after every file but the last.
pub(super) fn still_there(scope: &Scope, mark: Option<Mark>) -> String {
    let gone = refuse(
        &format!("not {}", scope.lock().is_held()),
        LEFT,
        "a file ended the transaction that it ran in",
    );
    let body = format!(
        "begin\nif current_setting('{TOKEN}', true) is distinct from 'begun' then\n{gone}\nend if;\n{}\nend",
        mark.map(|mark| mark.raise()).unwrap_or_default()
    );
    format!("do {};", quote::literal(&body))
}

/// PL/pgSQL that refuses when the history is another.
pub fn same_history(table: &HistoryTable, history: &History) -> String {
    let changed = "the history has changed";
    if history.form.is_some() {
        let now = history::fingerprint_sql(table);
        refuse(
            &format!("{now} is distinct from '{}'", history.fingerprint()),
            HISTORY,
            changed,
        )
    } else {
        // A scan, not to_regclass(): it sees what was committed by now, whatever this session cached.
        let there = format!(
            "exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace \
             where n.nspname = {} and c.relname = {})",
            quote::literal(&table.schema),
            quote::literal(&table.name)
        );
        refuse(&there, HISTORY, changed)
    }
}

fn requirement(required: &Required) -> String {
    let message = format!("{} is not applied here", required.label);
    let table = required.table.sql();
    let missing = refuse(
        &format!("to_regclass({}) is null", quote::literal(&table)),
        REQUIREMENT,
        &message,
    );
    // A statement of its own: the first must have ended before the table's name is looked up.
    let version = required.version;
    let unmet = format!("not exists (select from {table} where version = {version})");
    format!("{missing}\n{}", refuse(&unmet, REQUIREMENT, &message))
}

fn refuse(condition: &str, sqlstate: &str, message: &str) -> String {
    let message = quote::literal(message);
    format!(
        "if {condition} then raise exception using errcode = '{sqlstate}', message = {message}; end if;"
    )
}
