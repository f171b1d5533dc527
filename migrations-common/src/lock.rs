//! The lock of a target: who runs migrations on it. Per target, so that tenants run in parallel.

use postgres::{Client, SimpleQueryMessage};
use sha2::{Digest, Sha256};

use crate::history::HistoryTable;

/// The key of an advisory lock. PostgreSQL adds the database to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockKey(i64);

/// The session that holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its process on the server.
    pub pid: i32,
    /// What it calls itself.
    pub application_name: String,
    /// Age of its transaction, in seconds; the server tells it only of our own role's sessions, or to `pg_read_all_stats`.
    pub seconds: Option<u64>,
}

impl LockKey {
    /// The first eight bytes of SHA-256 over `schema \0 history_table`.
    pub fn of(table: &HistoryTable) -> Self {
        let digest = Sha256::digest(format!("{}\0{}", table.schema, table.name));
        let bytes = digest.first_chunk().copied().unwrap_or_default();
        LockKey(i64::from_be_bytes(bytes))
    }

    /// An expression that takes the lock until the transaction ends, or is false.
    pub fn try_in_transaction(self) -> String {
        format!("pg_try_advisory_xact_lock({})", self.0)
    }

    /// An expression that takes the lock until the session ends, or is false.
    pub fn try_in_session(self) -> String {
        format!("pg_try_advisory_lock({})", self.0)
    }

    /// An expression that gives up what [`LockKey::try_in_session`] took.
    pub fn release_in_session(self) -> String {
        format!("pg_advisory_unlock({})", self.0)
    }

    /// An expression: does this session hold the lock?
    pub fn is_held(self) -> String {
        format!(
            "exists (select from pg_locks l where {} and l.pid = pg_backend_pid())",
            self.row()
        )
    }

    /// A row of `pg_locks l`: a key of 64 bits is shown in two halves, with `objsubid` 1.
    fn row(self) -> String {
        let bits = self.0.cast_unsigned();
        format!(
            "l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.classid = {} and l.objid = {} \
             and l.database = (select d.oid from pg_database d where d.datname = current_database())",
            bits >> 32,
            bits & 0xffff_ffff
        )
    }

    /// Who holds the lock; `None` if nobody does any more, or the server does not say.
    pub fn holder(self, client: &mut Client) -> Option<Holder> {
        let query = format!(
            "select l.pid, a.application_name, extract(epoch from now() - coalesce(a.xact_start, a.backend_start))::int8 \
             from pg_locks l join pg_stat_activity a on a.pid = l.pid where {}",
            self.row()
        );
        let messages = client.simple_query(&query).ok()?;
        messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(Holder {
                pid: row.get(0)?.parse().ok()?,
                application_name: row.get(1)?.to_owned(),
                seconds: row.get(2).and_then(|seconds| seconds.parse().ok()),
            }),
            _ => None,
        })
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pid {} ({})", self.pid, self.application_name)?;
        match self.seconds {
            Some(seconds) => write!(f, ", for {seconds} s"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_never_changes_between_releases() {
        let key = |schema: &str, name: &str| {
            LockKey::of(&HistoryTable {
                schema: schema.to_owned(),
                name: name.to_owned(),
            })
        };
        // printf 'public\0app1_core_schema_history' | sha256sum | cut -c1-16
        assert_eq!(
            key("public", "app1_core_schema_history").0,
            0xce7b_1e42_7beb_ba69_u64.cast_signed()
        );
        assert_ne!(key("a", "bc"), key("ab", "c"));
    }
}
