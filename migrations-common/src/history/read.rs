//! The histories of many tables, row by row.

use postgres::{Client, SimpleQueryRow};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::catalog::{Entry, look_up};
use super::query::{by_halves, rows};
use super::{Applied, Form, History, HistoryTable, Outcomes, malformed};
use crate::connect::ServerError;
use crate::problem::Problem;

/// Tables in one round trip, each with all its rows.
pub(super) const CHUNK: usize = 100;

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
    let entries = look_up(client, tables)?;
    by_halves(&entries, CHUNK, |entries| {
        let statements = statements(entries, 0..entries.len(), select_rows);
        Ok(histories(entries, &rows(client, &statements)?))
    })
}

/// A `statement` for each table that is there among those of `entries` at `indices`.
pub(super) fn statements(
    entries: &[Entry<'_>],
    indices: impl IntoIterator<Item = usize>,
    statement: impl Fn(usize, &HistoryTable, Form) -> String,
) -> Vec<String> {
    let of_entry = |index| {
        let entry: &Entry<'_> = entries.get(index)?;
        Some(statement(index, entry.table, entry.readable()?))
    };
    indices.into_iter().filter_map(of_entry).collect()
}

/// All rows of `table`, for [`histories`], which finds it at `index`.
pub(super) fn select_rows(index: usize, table: &HistoryTable, form: Form) -> String {
    format!(
        "select {index}, h.version::int8, h.name::text, h.applied_on::text, h.checksum::text, {}::text from {} \
         order by h.version",
        outcome(form),
        from_clause(table, form)
    )
}

/// The outcome of a row of [`from_clause`].
pub(super) fn outcome(form: Form) -> &'static str {
    match form.outcomes {
        Outcomes::Column => "h.outcome",
        Outcomes::Table => "o.outcome",
        Outcomes::NoTableYet => "null",
    }
}

/// The table `h` and, where there is one, the table `o` of its outcomes.
pub(super) fn from_clause(table: &HistoryTable, form: Form) -> String {
    let history = format!("{} h", table.sql());
    match form.outcomes {
        Outcomes::Table => format!(
            "{history} left join {} o on o.version = h.version",
            table.outcome_sql()
        ),
        Outcomes::Column | Outcomes::NoTableYet => history,
    }
}

/// The history of each of `entries`, as far as `rows` are its rows.
pub(super) fn histories(
    entries: &[Entry<'_>],
    rows: &[SimpleQueryRow],
) -> Vec<Result<History, Problem>> {
    let mut found: Vec<Result<History, Problem>> = entries
        .iter()
        .map(|entry| {
            let rows = Vec::new();
            entry.form.clone().map(|form| History { form, rows })
        })
        .collect();
    for row in rows {
        let Some(index) = row.get(0).and_then(|i| i.parse::<usize>().ok()) else {
            continue;
        };
        let (Some(entry), Some(slot)) = (entries.get(index), found.get_mut(index)) else {
            continue;
        };
        let Ok(history) = slot else {
            continue;
        };
        match applied(entry.table, row) {
            // Rows come in the order of their versions.
            Ok(applied) if history.current() == Some(applied.version) => {
                let version = applied.version.to_string();
                *slot = Err(malformed(entry.table, &version, "is there twice"));
            }
            Ok(applied) => history.rows.push(applied),
            Err(problem) => *slot = Err(problem),
        }
    }
    found
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
