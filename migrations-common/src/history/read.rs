//! One look per database: which history tables are there, then their rows, many tables in one round trip.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use postgres::{Client, SimpleQueryMessage, SimpleQueryRow};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Applied, Form, History, HistoryTable, Outcomes, malformed, outcome_name};
use crate::config::VersionWidth;
use crate::connect::{ServerError, problem_of};
use crate::problem::{Kind, Problem};
use crate::sql::quote;

/// Tables in one transaction, each with a statement of its own: what bounds it is the locks, two a table. A `union all`
/// is slower, and the planner's time for it grows with the square of their number.
const CHUNK: usize = 100;

/// Tables in one look into the catalog: bounds the length of the statement, not its time.
const CATALOG_CHUNK: usize = 1000;

/// A reader waits no longer for a table that somebody rebuilds.
const SETTINGS: &str = "set local lock_timeout = '5s'; set local statement_timeout = '60s'; \
                        set local search_path = pg_catalog, pg_temp;";

/// Reads the history of each of `tables`, in their order. A table that is not there is an empty history.
///
/// Only reads: in a transaction that is READ ONLY, by simple queries, so it works through a transaction pooler.
///
/// # Errors
/// For each table on its own: not readable, of another shape, a malformed row. An error of the whole call means
/// that the connection is gone.
pub fn read(
    client: &mut Client,
    tables: &[HistoryTable],
) -> Result<Vec<Result<History, Problem>>, ServerError> {
    let mut found: Vec<Result<History, Problem>> =
        tables.iter().map(|_| Ok(History::default())).collect();
    let mut present: Vec<usize> = Vec::new();
    for start in (0..tables.len()).step_by(CATALOG_CHUNK) {
        let end = tables.len().min(start + CATALOG_CHUNK);
        for (index, form) in look_up(client, tables, start..end)? {
            match form {
                Ok(form) => {
                    present.push(index);
                    set(
                        &mut found,
                        index,
                        Ok(History {
                            form: Some(form),
                            rows: Vec::new(),
                        }),
                    );
                }
                Err(problem) => set(&mut found, index, Err(problem)),
            }
        }
    }
    let mut unread: Vec<&[usize]> = present.chunks(CHUNK).rev().collect();
    while let Some(chunk) = unread.pop() {
        match read_rows(client, tables, chunk, &mut found) {
            Ok(()) => {}
            Err(error) if error.connection_lost => return Err(error),
            Err(error) => match chunk {
                [index] => set(
                    &mut found,
                    *index,
                    Err(unreadable(tables.get(*index), &error)),
                ),
                _ => {
                    // One unreadable table fails the whole chunk: halve it until that one stands alone.
                    let (left, right) = chunk.split_at(chunk.len() / 2);
                    unread.push(right);
                    unread.push(left);
                }
            },
        }
    }
    Ok(found)
}

fn set(found: &mut [Result<History, Problem>], index: usize, value: Result<History, Problem>) {
    if let Some(slot) = found.get_mut(index) {
        *slot = value;
    }
}

/// Tables that are there, by their index, each with its form or what is wrong with it.
type Present = Vec<(usize, Result<Form, Problem>)>;

/// The tables of `range` that exist, with their form or what is wrong with their columns.
fn look_up(
    client: &mut Client,
    tables: &[HistoryTable],
    range: Range<usize>,
) -> Result<Present, ServerError> {
    let tables = || {
        let indexed = tables.iter().enumerate();
        indexed.skip(range.start).take(range.len())
    };
    let schemas: BTreeSet<String> = tables().map(|(_, t)| quote::literal(&t.schema)).collect();
    let names: BTreeSet<String> = tables()
        .flat_map(|(_, t)| {
            [
                quote::literal(&t.name),
                quote::literal(&outcome_name(&t.name)),
            ]
        })
        .collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    // By names first: that is how the index of pg_class is sorted. What else is found this way is left aside.
    let query = format!(
        "select n.nspname, c.relname, c.relkind, \
           (select string_agg(a.attname || ' ' || format_type(a.atttypid, null), ',') \
              from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) \
         from pg_class c join pg_namespace n on n.oid = c.relnamespace \
         where c.relname in ({}) and n.nspname in ({})",
        names.into_iter().collect::<Vec<_>>().join(", "),
        schemas.into_iter().collect::<Vec<_>>().join(", ")
    );
    let rows = rows(client, &query)?;
    let relations: HashMap<(&str, &str), (&str, &str)> = rows
        .iter()
        .filter_map(|row| {
            let (schema, name) = (row.get(0)?, row.get(1)?);
            Some(((schema, name), (row.get(2)?, row.get(3).unwrap_or(""))))
        })
        .collect();
    Ok(tables()
        .filter_map(|(index, table)| {
            let schema = table.schema.as_str();
            let (kind, columns) = relations.get(&(schema, table.name.as_str()))?;
            let outcomes = outcome_name(&table.name);
            let outcomes = relations.get(&(schema, outcomes.as_str()));
            let has_outcomes = outcomes.is_some_and(|(kind, _)| *kind == "r");
            Some((index, form(table, kind, columns, has_outcomes)))
        })
        .collect())
}

fn form(
    table: &HistoryTable,
    relkind: &str,
    columns: &str,
    has_outcome_table: bool,
) -> Result<Form, Problem> {
    let columns: HashMap<&str, &str> = columns
        .split(',')
        .filter_map(|column| column.split_once(' '))
        .collect();
    let wrong = |what: String| {
        Problem::verification(
            "malformed-history",
            format!("{} is no history table: {what}", table.sql()),
        )
        .help("choose another name with `history_table`, or move that table away")
    };
    if !matches!(relkind, "r" | "p") {
        return Err(wrong("it is not a table".to_owned()));
    }
    let missing: Vec<&str> = ["version", "name", "applied_on", "checksum"]
        .into_iter()
        .filter(|c| !columns.contains_key(c))
        .collect();
    if !missing.is_empty() {
        return Err(wrong(format!("it has no column {}", missing.join(", "))));
    }
    let width = match columns.get("version").copied() {
        Some("integer") => VersionWidth::Int4,
        Some("bigint") => VersionWidth::Int8,
        other => {
            return Err(wrong(format!(
                "its version column is {}",
                other.unwrap_or("of no type")
            )));
        }
    };
    let outcomes = match (columns.contains_key("outcome"), has_outcome_table) {
        (true, _) => Outcomes::Column,
        (false, true) => Outcomes::Table,
        (false, false) => Outcomes::NoTableYet,
    };
    Ok(Form { width, outcomes })
}

fn read_rows(
    client: &mut Client,
    tables: &[HistoryTable],
    chunk: &[usize],
    found: &mut [Result<History, Problem>],
) -> Result<(), ServerError> {
    let selects: Vec<String> = chunk
        .iter()
        .filter_map(|index| {
            let table = tables.get(*index)?;
            let form = found.get(*index)?.as_ref().ok()?.form?;
            let (outcome, join) = match form.outcomes {
                Outcomes::Column => ("h.outcome::text".to_owned(), String::new()),
                Outcomes::Table => {
                    ("o.outcome::text".to_owned(), format!(" left join {} o on o.version = h.version", table.outcome_sql()))
                }
                Outcomes::NoTableYet => ("null::text".to_owned(), String::new()),
            };
            Some(format!(
                "select {index}, h.version::int8, h.name::text, h.applied_on::text, h.checksum::text, {outcome} from {} h{join} order by h.version",
                table.sql()
            ))
        })
        .collect();
    for row in rows(client, &selects.join("; "))? {
        let Some(index) = row.get(0).and_then(|i| i.parse::<usize>().ok()) else {
            continue;
        };
        let (Some(table), Some(slot)) = (tables.get(index), found.get_mut(index)) else {
            continue;
        };
        if let Ok(history) = slot {
            match applied(table, &row) {
                // Rows come in the order of their versions.
                Ok(applied) if history.current() == Some(applied.version) => {
                    *slot = Err(malformed(
                        table,
                        &applied.version.to_string(),
                        "is there twice",
                    ));
                }
                Ok(applied) => history.rows.push(applied),
                Err(problem) => *slot = Err(problem),
            }
        }
    }
    Ok(())
}

fn applied(table: &HistoryTable, row: &SimpleQueryRow) -> Result<Applied, Problem> {
    let text = |i| row.get(i).unwrap_or("");
    let version = text(1);
    let wrong = |what: String| malformed(table, version, &what);
    if text(2).is_empty() {
        return Err(wrong("has no name".to_owned()));
    }
    if OffsetDateTime::parse(text(3), &Rfc3339).is_err() {
        return Err(wrong(format!(
            "has no RFC 3339 time in applied_on: `{}`",
            text(3)
        )));
    }
    Ok(Applied {
        version: version
            .parse()
            .map_err(|_| wrong("has no version".to_owned()))?,
        name: text(2).to_owned(),
        applied_on: text(3).to_owned(),
        checksum: text(4)
            .parse()
            .ok()
            .filter(|number: &u64| number.to_string() == text(4))
            .ok_or_else(|| wrong(format!("has no number in checksum: `{}`", text(4))))?,
        outcome: row.get(5).map(str::to_owned),
    })
}

/// Runs one query in a read-only transaction of its own, and leaves none open when it fails.
fn rows(client: &mut Client, query: &str) -> Result<Vec<SimpleQueryRow>, ServerError> {
    let messages = client.simple_query(&format!("begin read only; {SETTINGS} {query}; commit"));
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

fn unreadable(table: Option<&HistoryTable>, error: &ServerError) -> Problem {
    let table = table.map(HistoryTable::sql).unwrap_or_default();
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
