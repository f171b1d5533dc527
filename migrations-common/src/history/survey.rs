//! The histories of many tables that are mostly equal: a digest of each, and the rows of one of each kind.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use postgres::{Client, SimpleQueryRow};

use super::catalog::{Entry, look_up};
use super::query::{Each, by_halves, rows};
use super::read::{self, from_clause, histories, outcome, select_rows, statements};
use super::{Form, History, HistoryTable};
use crate::connect::ServerError;
use crate::problem::Problem;

/// Tables in one round trip, each with one row in the answer.
const CHUNK: usize = 500;

/// A history table, and whether there could be one.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Whether the table's schema is there. If it is not, the history is empty.
    pub schema_exists: bool,
    /// What is recorded: one value for all tables that record the same. So `applied_on` is that of one of them, not
    /// always this one's.
    pub history: Arc<History>,
}

/// The histories seen so far, each kept once. One value serves all connections of a look, at the same time too, and
/// all databases.
#[derive(Debug, Default)]
pub struct Known {
    none: Arc<History>,
    histories: Mutex<HashMap<Kind, Arc<History>>>,
}

/// Tables of one kind record the same: a form, and a digest of the rows. It has 64 bits: of ten thousand kinds in one
/// fleet, two share a digest in one of 10^11 fleets.
type Kind = (Form, String);

/// Looks at each of `tables`, in their order, and reads the rows of one of each kind that is not `known`. A table that
/// is not there is an empty history.
///
/// As [`read`](super::read()) it only reads, through a transaction pooler if need be. A server session keeps some 10 kB
/// for each table that it has read, until it ends; so give a connection a thousand tables or so, and then a new one.
///
/// # Errors
/// As [`read`](super::read()). Of `applied_on` just the outline is looked at, unless all rows are read.
pub fn survey(
    client: &mut Client,
    tables: &[HistoryTable],
    known: &Known,
) -> Result<Vec<Result<Seen, Problem>>, ServerError> {
    let entries = look_up(client, tables)?;
    let histories = by_halves(&entries, CHUNK, |entries| recorded(client, entries, known))?;
    let seen = |(entry, history): (&Entry<'_>, Result<_, _>)| {
        Ok(Seen {
            schema_exists: entry.schema_exists,
            history: history?,
        })
    };
    Ok(entries.iter().zip(histories).map(seen).collect())
}

/// What each of `entries` records, or what is malformed in it.
fn recorded(client: &mut Client, entries: &[Entry<'_>], known: &Known) -> Each<Arc<History>> {
    let digests = statements(entries, 0..entries.len(), select_digest);
    let kinds = kinds(entries, &rows(client, &digests)?);
    let mut asked = HashSet::new();
    let new: Vec<usize> = (0..)
        .zip(&kinds)
        .filter(|(_, kind)| {
            let kind = kind.as_ref();
            kind.is_some_and(|kind| known.get(kind).is_none() && asked.insert(kind))
        })
        .map(|(index, _)| index)
        .collect();
    for indices in new.chunks(read::CHUNK) {
        learn(client, entries, indices, known)?;
    }
    let shared: Vec<Option<Arc<History>>> =
        kinds.iter().map(|kind| known.get(kind.as_ref()?)).collect();
    // The others are not there, or malformed, or have changed since their digest was taken.
    let others = (0..).zip(&shared).filter(|(_, shared)| shared.is_none());
    let others = statements(entries, others.map(|(index, _)| index), select_rows);
    let others = histories(entries, &rows(client, &others)?);
    let one = |(shared, own): (Option<_>, Result<History, _>)| match (shared, own?) {
        (Some(history), _) => Ok(history),
        (None, own) if own.form.is_none() => Ok(Arc::clone(&known.none)),
        (None, own) => Ok(Arc::new(own)),
    };
    Ok(shared.into_iter().zip(others).map(one).collect())
}

/// Reads the rows of `entries` at `indices`, and keeps those that are well-formed.
fn learn(
    client: &mut Client,
    entries: &[Entry<'_>],
    indices: &[usize],
    known: &Known,
) -> Result<(), ServerError> {
    // Digest and rows of one moment: what another table with this digest records is what we read here.
    let both = |index, table: &HistoryTable, form| {
        format!(
            "{}; {}",
            select_digest(index, table, form),
            select_rows(index, table, form)
        )
    };
    let rows = rows(client, &statements(entries, indices.iter().copied(), both))?;
    let (digests, rows): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.len() == DIGEST_COLUMNS);
    let kinds = kinds(entries, &digests).into_iter();
    for (kind, history) in kinds.zip(histories(entries, &rows)) {
        if let (Some(kind), Ok(history)) = (kind, history) {
            known.keep(kind, history);
        }
    }
    Ok(())
}

/// The digest of all rows of `table`, for [`kinds`], which finds it at `index`.
///
/// Rows have 64 bits each, and their sum is the same in every order: no sort, and no text that is as long as the table.
/// A sum leaves out what is NULL where refinery writes something, and what is no time is not in it: so they are counted.
fn select_digest(index: usize, table: &HistoryTable, form: Form) -> String {
    let hash = |text: &str, seed: &str| format!("hashtextextended({text} collate \"C\", {seed})");
    let outcome = hash(
        &format!("coalesce(' ' || {}::text, '')", outcome(form)),
        "h.version",
    );
    let row = hash("h.checksum::text", &hash("h.name::text", &outcome));
    format!(
        "select {index}, concat(count(*), ' ', \
           count(*) filter (where h.applied_on::text collate \"C\" like '____-__-__T__:__:__%'), ' ', sum({row})) \
         from {}",
        from_clause(table, form)
    )
}

/// How many columns [`select_digest`] has.
const DIGEST_COLUMNS: usize = 2;

/// The kind of each of `entries` that has its digest in `rows`.
fn kinds(entries: &[Entry<'_>], rows: &[SimpleQueryRow]) -> Vec<Option<Kind>> {
    let mut kinds: Vec<Option<Kind>> = entries.iter().map(|_| None).collect();
    for row in rows {
        let index = row.get(0).and_then(|index| index.parse::<usize>().ok());
        let kind = || {
            let form = entries.get(index?)?.readable()?;
            Some((form, row.get(1)?.to_owned()))
        };
        if let Some(slot) = index.and_then(|index| kinds.get_mut(index)) {
            *slot = kind();
        }
    }
    kinds
}

impl Known {
    fn get(&self, kind: &Kind) -> Option<Arc<History>> {
        self.histories().get(kind).map(Arc::clone)
    }

    /// Keeps `history`, unless another connection was quicker.
    fn keep(&self, kind: Kind, history: History) {
        self.histories()
            .entry(kind)
            .or_insert_with(|| Arc::new(history));
    }

    fn histories(&self) -> MutexGuard<'_, HashMap<Kind, Arc<History>>> {
        let histories = self.histories.lock();
        histories.unwrap_or_else(PoisonError::into_inner)
    }
}
