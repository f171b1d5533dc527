//! The lock of a target: who runs migrations on it. Per target, so that tenants run in parallel.

use std::borrow::Cow;

use postgres::{Client, SimpleQueryMessage};
use sha2::{Digest, Sha256};

use crate::history::HistoryTable;
use crate::sql::{psql, quote};

/// The key of an advisory lock. PostgreSQL adds the database to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockKey(Key);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Number(i64),
    /// SQL that makes the number, where the schema is known to psql alone.
    Expression(String),
}

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
        if psql::variable(&table.schema).is_some() {
            return LockKey(Key::Expression(expression(table)));
        }
        let digest = Sha256::digest(format!("{}\0{}", table.schema, table.name));
        let bytes = digest.first_chunk().copied().unwrap_or_default();
        LockKey(Key::Number(i64::from_be_bytes(bytes)))
    }

    /// An expression that takes the lock until the transaction ends, or is false.
    pub fn try_in_transaction(&self) -> String {
        format!("pg_try_advisory_xact_lock({})", self.sql())
    }

    /// An expression that takes the lock until the session ends, or is false.
    pub fn try_in_session(&self) -> String {
        format!("pg_try_advisory_lock({})", self.sql())
    }

    /// An expression that gives up what [`LockKey::try_in_session`] took.
    pub fn release_in_session(&self) -> String {
        format!("pg_advisory_unlock({})", self.sql())
    }

    /// An expression: does this session hold the lock?
    pub fn is_held(&self) -> String {
        format!(
            "exists (select from pg_locks l where {} and l.pid = pg_backend_pid())",
            self.row()
        )
    }

    /// A row of `pg_locks l`: a key of 64 bits is shown in two halves, with `objsubid` 1.
    fn row(&self) -> String {
        let is_key = match &self.0 {
            Key::Number(number) => {
                let bits = number.cast_unsigned();
                let (high, low) = (bits >> 32, bits & 0xffff_ffff);
                format!("l.classid = {high} and l.objid = {low}")
            }
            Key::Expression(sql) => format!("l.classid::int8 << 32 | l.objid::int8 = {sql}"),
        };
        format!(
            "l.locktype = 'advisory' and l.granted and l.objsubid = 1 and {is_key} \
             and l.database = (select d.oid from pg_database d where d.datname = current_database())"
        )
    }

    fn sql(&self) -> Cow<'_, str> {
        match &self.0 {
            Key::Number(number) => number.to_string().into(),
            Key::Expression(sql) => sql.into(),
        }
    }

    /// Who holds the lock; `None` if nobody does any more, or the server does not say.
    pub fn holder(&self, client: &mut Client) -> Option<Holder> {
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

/// The same in SQL. Eight bytes as a number: 16 hexadecimal digits, read as bits.
fn expression(table: &HistoryTable) -> String {
    let bytes = |text: &str| format!("convert_to({}, 'UTF8')", quote::literal(text));
    format!(
        "('x' || left(encode(sha256({} || decode('00', 'hex') || {}), 'hex'), 16))::bit(64)::int8",
        bytes(&table.schema),
        bytes(&table.name)
    )
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
            Key::Number(0xce7b_1e42_7beb_ba69_u64.cast_signed())
        );
        assert_ne!(key("a", "bc"), key("ab", "c"));
    }
}
