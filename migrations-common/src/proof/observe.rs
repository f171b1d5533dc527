//! What a transaction has done so far, as the server knows it: rows written, tables locked, sequences used.

use std::collections::{BTreeMap, BTreeSet};

use postgres::{Client, SimpleQueryMessage};

use crate::connect::{ServerError, problem_of};
use crate::shadow::Content;

/// The state of a transaction at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Mark {
    /// Rows written per table, also those of earlier transactions that the server did not add to its statistics yet.
    writes: BTreeMap<String, u64>,
    /// Tables that are locked in any way: changed, written, or only read.
    locked: BTreeSet<String>,
    /// Whether a number was taken from a sequence, or one was set: what a rollback does not take back.
    uses_sequence: bool,
    enum_values: u64,
    /// The file of each table, materialized view and sequence. A new one means that all of it was written anew: by ALTER
    /// TABLE, TRUNCATE, REFRESH, ALTER SEQUENCE. The server counts no rows then.
    files: BTreeMap<String, String>,
}

/// What a side did, over all of its steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Rows written per table.
    pub(super) written: BTreeMap<String, u64>,
    /// Tables that a statement was to change rows of, and found none to change.
    pub(super) idle: BTreeSet<String>,
    /// Files that say they change rows, and wrote none, nobody knows of which table.
    pub(super) idle_files: BTreeSet<String>,
    /// Tables that it locked in any way.
    pub(super) locked: BTreeSet<String>,
    /// Whether it did something outside a transaction, so that `locked` is not all.
    pub(super) locks_unknown: bool,
    /// Tables that got new files.
    pub(super) rewritten: BTreeSet<String>,
    pub(super) uses_sequence: bool,
    pub(super) adds_enum_values: bool,
}

/// A sequence is locked in ROW EXCLUSIVE mode by `nextval` and `setval`, and by `currval`, which may only follow them
/// (`lock_and_open_sequence` in `src/backend/commands/sequence.c`).
///
/// A migration may have become another role, or given itself no time.
const QUERY: &str = "reset session authorization; reset role; set local statement_timeout = '30s'; \
    set local search_path = pg_catalog; \
    select 'written', format('%I.%I', schemaname, relname), (n_tup_ins + n_tup_upd + n_tup_del)::text \
    from pg_stat_xact_user_tables where n_tup_ins + n_tup_upd + n_tup_del > 0 \
    union all \
    select distinct 'locked', format('%I.%I', n.nspname, c.relname), c.relkind::text \
    from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace \
    where l.locktype = 'relation' and l.pid = pg_backend_pid() and n.nspname !~ '^pg_' \
    and n.nspname <> 'information_schema' \
    and (c.relkind in ('r', 'p', 'v', 'm', 'f') or c.relkind = 'S' and l.mode = 'RowExclusiveLock') \
    union all \
    select 'file', format('%I.%I', n.nspname, c.relname), c.relkind::text || c.relfilenode \
    from pg_class c join pg_namespace n on n.oid = c.relnamespace \
    where c.relkind in ('r', 'm', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' \
    union all \
    select 'enum', '', count(*)::text from pg_enum";

impl Mark {
    /// Looks at the transaction that is open. Afterwards the role is the session's own, and so are the settings.
    pub(super) fn now(client: &mut Client) -> Result<Mark, ServerError> {
        let messages = client
            .simple_query(QUERY)
            .map_err(|error| problem_of(&error))?;
        let mut mark = Mark::default();
        for message in messages {
            let SimpleQueryMessage::Row(row) = message else {
                continue;
            };
            let column = |number| row.try_get(number).ok().flatten().unwrap_or_default();
            let (name, value) = (column(1).to_owned(), column(2));
            match column(0) {
                "written" => {
                    mark.writes.insert(name, value.parse().unwrap_or_default());
                }
                "locked" if value == "S" => mark.uses_sequence = true,
                "locked" => {
                    mark.locked.insert(name);
                }
                "file" => {
                    mark.files.insert(name, value.to_owned());
                }
                _ => mark.enum_values = value.parse().unwrap_or_default(),
            }
        }
        Ok(mark)
    }
}

impl Seen {
    /// What happened between two moments of one transaction.
    pub(super) fn between(before: &Mark, after: &Mark) -> Seen {
        let earlier = |table| before.writes.get(table).copied().unwrap_or_default();
        let written = after.writes.iter().filter_map(|(table, rows)| {
            let rows = rows.saturating_sub(earlier(table));
            (rows > 0).then(|| (table.clone(), rows))
        });
        let old = |name| before.files.get(name);
        let (sequences, tables): (Vec<_>, Vec<_>) = after
            .files
            .iter()
            .filter(|(name, file)| old(*name).is_some_and(|old| old != *file))
            .partition(|(_, file)| file.starts_with('S'));
        Seen {
            written: written.collect(),
            locked: after.locked.clone(),
            rewritten: tables.into_iter().map(|(name, _)| name.clone()).collect(),
            uses_sequence: after.uses_sequence || !sequences.is_empty(),
            adds_enum_values: after.enum_values != before.enum_values,
            ..Seen::default()
        }
    }

    /// Adds what another run, or another step, of the same side did.
    pub(super) fn merge(&mut self, other: Seen) {
        for (table, rows) in other.written {
            let written = self.written.entry(table).or_default();
            *written = written.saturating_add(rows);
        }
        self.idle.extend(other.idle);
        self.idle_files.extend(other.idle_files);
        self.locked.extend(other.locked);
        self.locks_unknown |= other.locks_unknown;
        self.rewritten.extend(other.rewritten);
        self.uses_sequence |= other.uses_sequence;
        self.adds_enum_values |= other.adds_enum_values;
    }

    /// Whether a transaction that is rolled back does not show all of it.
    pub(super) fn needs_commits(&self) -> bool {
        !(self.written.is_empty() && self.rewritten.is_empty())
            || self.uses_sequence
            || self.adds_enum_values
    }

    /// Counts the rows of tables that were written anew, as the base has them.
    pub(super) fn count_rewritten(&mut self, base: &Content) {
        for table in &self.rewritten {
            let rows = base.rows_of(table);
            if rows > 0 {
                self.written.entry(table.clone()).or_insert(rows);
            }
        }
    }

    /// Whether it was to change rows.
    pub(super) fn is_about_rows(&self) -> bool {
        !(self.written.is_empty() && self.idle.is_empty() && self.idle_files.is_empty())
    }

    /// Whether it has to do with `table` in any way.
    pub(super) fn meets(&self, table: &str) -> bool {
        self.locks_unknown
            || self.locked.contains(table)
            || self.written.contains_key(table)
            || self.idle.contains(table)
            || !self.idle_files.is_empty()
    }
}
