//! Which history tables are there, and how they are made: one look into the catalog for many.

use std::collections::HashMap;

use postgres::{Client, SimpleQueryRow};

use super::query::rows;
use super::{Form, HistoryTable, Outcomes, outcome_name};
use crate::config::VersionWidth;
use crate::connect::ServerError;
use crate::problem::Problem;
use crate::sql::quote;

/// Tables in one look: bounds the length of the statement, not its time.
const CHUNK: usize = 1000;

/// What the catalog says of a history table.
pub(super) struct Entry<'a> {
    pub(super) table: &'a HistoryTable,
    /// Whether its schema is there.
    pub(super) schema_exists: bool,
    /// How the table is made, `None` while there is none, or what is wrong with its columns.
    pub(super) form: Result<Option<Form>, Problem>,
}

impl Entry<'_> {
    /// The form of a table that can be read.
    pub(super) fn readable(&self) -> Option<Form> {
        self.form.as_ref().ok().copied().flatten()
    }
}

/// What the catalog says of each of `tables`, in their order.
pub(super) fn look_up<'a>(
    client: &mut Client,
    tables: &'a [HistoryTable],
) -> Result<Vec<Entry<'a>>, ServerError> {
    let mut entries = Vec::with_capacity(tables.len());
    for chunk in tables.chunks(CHUNK) {
        let rows = rows(client, &[query(chunk)])?;
        let rows: HashMap<&str, &SimpleQueryRow> = rows
            .iter()
            .filter_map(|row| Some((row.get(0)?, row)))
            .collect();
        entries.extend(chunk.iter().enumerate().map(|(index, table)| {
            let row = rows.get(index.to_string().as_str());
            let column = |i| row.and_then(|row| row.get(i));
            Entry {
                table,
                schema_exists: column(1) == Some("t"),
                form: column(2)
                    .map(|kind| form(table, kind, column(3).unwrap_or(""), column(4)))
                    .transpose(),
            }
        }));
    }
    Ok(entries)
}

/// For each of `tables`: its index, whether its schema is there, its kind, its columns, the kind of its outcome table.
///
/// `offset 0` keeps the lookups apart, so each is one in an index, however many schemas there are. As joins they would
/// be planned by statistics, which are old when a fleet has just been made, and then each chunk reads the whole catalog.
fn query(tables: &[HistoryTable]) -> String {
    let values: Vec<String> = tables
        .iter()
        .enumerate()
        .map(|(index, table)| {
            format!(
                "({index}, {}::name, {}::name, {}::name)",
                quote::literal(&table.schema),
                quote::literal(&table.name),
                quote::literal(&outcome_name(&table.name))
            )
        })
        .collect();
    format!(
        "select t.index, n.oid is not null, h.relkind, h.columns, o.relkind \
         from (values {}) t (index, schema, history, outcomes) \
         left join lateral (select oid from pg_namespace where nspname = t.schema offset 0) n on true \
         left join lateral (select relkind, \
             (select string_agg(a.attname || ' ' || format_type(a.atttypid, null), ',') from pg_attribute a \
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped \
                and a.attname in ('version', 'name', 'applied_on', 'checksum', 'outcome')) as columns \
           from pg_class c where c.relname = t.history and c.relnamespace = n.oid offset 0) h on true \
         left join lateral (select relkind from pg_class c \
           where c.relname = t.outcomes and c.relnamespace = n.oid offset 0) o on true",
        values.join(", ")
    )
}

fn form(
    table: &HistoryTable,
    relkind: &str,
    columns: &str,
    outcome_relkind: Option<&str>,
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
    let outcomes = match (columns.contains_key("outcome"), outcome_relkind) {
        (true, _) => Outcomes::Column,
        (false, Some("r")) => Outcomes::Table,
        (false, _) => Outcomes::NoTableYet,
    };
    Ok(Form { width, outcomes })
}
