//! Statements that begin or end a transaction, and those that run in none.

use super::options::options;
use super::table::detaches_partition;
use crate::sql::lexer::TokenKind;
use crate::sql::{Cursor, Statement};

/// The command, if `statement` begins, ends or prepares a transaction. Savepoints do not.
pub fn transaction_control(statement: &Statement<'_>) -> Option<&'static str> {
    let mut cursor = statement.cursor();
    let command = cursor.keyword_of(&[
        "BEGIN",
        "START TRANSACTION",
        "COMMIT PREPARED",
        "COMMIT",
        "END",
        "ROLLBACK PREPARED",
        "ROLLBACK",
        "ABORT",
        "PREPARE TRANSACTION",
    ])?;
    let is_control = match command {
        "ROLLBACK" => {
            cursor.keyword_of(&["WORK", "TRANSACTION"]);
            !cursor.keyword("TO")
        }
        // A prepared statement may be named `transaction`.
        "PREPARE TRANSACTION" => cursor.string().is_some(),
        _ => true,
    };
    is_control.then_some(command)
}

/// The command, if PostgreSQL refuses `statement` inside a transaction block whatever the database holds.
///
/// Left out is what depends on the database: DROP SUBSCRIPTION (only with a replication slot), REINDEX and CLUSTER of a
/// partitioned table, a CALL of a procedure that commits.
/// Source: the calls of `PreventInTransactionBlock` in PostgreSQL 15 to 18.
pub fn refuses_transaction(statement: &Statement<'_>) -> Option<&'static str> {
    let mut cursor = statement.cursor();
    let command = cursor.keyword_of(&[
        "CREATE INDEX CONCURRENTLY",
        "CREATE UNIQUE INDEX CONCURRENTLY",
        "DROP INDEX CONCURRENTLY",
        "CREATE DATABASE",
        "ALTER DATABASE",
        "DROP DATABASE",
        "CREATE TABLESPACE",
        "DROP TABLESPACE",
        "ALTER SYSTEM",
        "VACUUM",
        "DISCARD ALL",
        "REINDEX",
        "CLUSTER",
        "CREATE SUBSCRIPTION",
        "ALTER SUBSCRIPTION",
        "ALTER TABLE",
    ])?;
    match command {
        "ALTER DATABASE" => {
            cursor.identifier()?;
            let moves = cursor.keyword("SET TABLESPACE");
            moves.then_some("ALTER DATABASE SET TABLESPACE")
        }
        "REINDEX" => reindex(&mut cursor),
        "CLUSTER" => {
            cursor.keyword("VERBOSE");
            options(&mut cursor);
            cursor.is_at_end().then_some(command)
        }
        "CREATE SUBSCRIPTION" => creates_slot(&mut cursor).then_some(command),
        "ALTER SUBSCRIPTION" => {
            cursor.identifier()?;
            alters_at_publisher(&mut cursor).then_some(command)
        }
        "ALTER TABLE" => {
            let detach = detaches_partition(statement)?;
            (!detach.finalize).then_some("ALTER TABLE DETACH PARTITION CONCURRENTLY")
        }
        _ => Some(command),
    }
}

fn reindex(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let concurrently = options(cursor).flag("concurrently").unwrap_or(false);
    let what = cursor.keyword_of(&["SCHEMA", "DATABASE", "SYSTEM", "TABLE", "INDEX"])?;
    match what {
        _ if concurrently || cursor.keyword("CONCURRENTLY") => Some("REINDEX CONCURRENTLY"),
        "SCHEMA" => Some("REINDEX SCHEMA"),
        "DATABASE" => Some("REINDEX DATABASE"),
        "SYSTEM" => Some("REINDEX SYSTEM"),
        _ => None,
    }
}

/// A slot at the publisher cannot be rolled back. `create_slot` is on by default, and off without a connection.
fn creates_slot(cursor: &mut Cursor<'_>) -> bool {
    cursor.find("WITH");
    let options = options(cursor);
    let connect = options.flag("connect").unwrap_or(true);
    options.flag("create_slot").unwrap_or(connect)
}

/// Refreshing, on by default when publications change, and what changes the slot.
fn alters_at_publisher(cursor: &mut Cursor<'_>) -> bool {
    if cursor.keyword("REFRESH") {
        return true;
    }
    let publications = ["SET PUBLICATION", "ADD PUBLICATION", "DROP PUBLICATION"];
    if cursor.keyword_of(&publications).is_some() {
        cursor.find("WITH");
        return options(cursor).flag("refresh").unwrap_or(true);
    }
    if cursor.keyword("SET") && cursor.peek().map(|token| token.kind) == Some(TokenKind::OpenParen)
    {
        let options = options(cursor);
        return options.flag("failover").is_some() || options.flag("two_phase") == Some(false);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    #[test]
    fn control_of_the_transaction_is_seen() {
        for (text, expected) in [
            ("begin", Some("BEGIN")),
            ("BEGIN ISOLATION LEVEL serializable", Some("BEGIN")),
            (
                "Start /* a */ Transaction read only",
                Some("START TRANSACTION"),
            ),
            ("commit and chain", Some("COMMIT")),
            ("commit prepared 'x'", Some("COMMIT PREPARED")),
            ("end work", Some("END")),
            ("rollback", Some("ROLLBACK")),
            ("rollback transaction", Some("ROLLBACK")),
            ("rollback and no chain", Some("ROLLBACK")),
            ("rollback prepared 'x'", Some("ROLLBACK PREPARED")),
            ("abort", Some("ABORT")),
            ("prepare transaction 'x'", Some("PREPARE TRANSACTION")),
            ("rollback to x", None),
            ("ROLLBACK WORK TO SAVEPOINT x", None),
            ("rollback transaction to x", None),
            ("savepoint a", None),
            ("release savepoint a", None),
            ("prepare p as select 1", None),
            ("prepare transaction as select 1", None),
            ("prepare transaction (int) as select $1", None),
            ("\"begin\"", None),
            ("do $$begin commit; end$$", None),
            (
                "create function f() returns int begin atomic select 1; end",
                None,
            ),
        ] {
            let statements = split(text).unwrap();
            assert_eq!(transaction_control(&statements[0]), expected, "{text}");
        }
    }

    #[test]
    fn what_runs_in_no_transaction_is_seen() {
        let unique = "CREATE UNIQUE INDEX CONCURRENTLY";
        let detach = "ALTER TABLE DETACH PARTITION CONCURRENTLY";
        for (text, expected) in [
            (
                "create index concurrently on t (a)",
                Some("CREATE INDEX CONCURRENTLY"),
            ),
            ("create unique index concurrently i on t (a)", Some(unique)),
            ("create index i on t (a)", None),
            ("create index \"concurrently\" on t (a)", None),
            (
                "drop index concurrently if exists i",
                Some("DROP INDEX CONCURRENTLY"),
            ),
            ("drop index i", None),
            ("reindex table concurrently t", Some("REINDEX CONCURRENTLY")),
            (
                "reindex (verbose, concurrently) index i",
                Some("REINDEX CONCURRENTLY"),
            ),
            ("reindex (concurrently false) table t", None),
            (
                "reindex (concurrently off) schema s",
                Some("REINDEX SCHEMA"),
            ),
            ("reindex (verbose) database d", Some("REINDEX DATABASE")),
            ("reindex system d", Some("REINDEX SYSTEM")),
            ("reindex index i", None),
            ("vacuum", Some("VACUUM")),
            ("vacuum (analyze) t", Some("VACUUM")),
            ("analyze t", None),
            ("create database d", Some("CREATE DATABASE")),
            ("drop database if exists d", Some("DROP DATABASE")),
            (
                "alter database d set tablespace s",
                Some("ALTER DATABASE SET TABLESPACE"),
            ),
            ("alter database d set search_path = tablespace", None),
            (
                "create tablespace s location '/x'",
                Some("CREATE TABLESPACE"),
            ),
            ("drop tablespace s", Some("DROP TABLESPACE")),
            ("alter system set work_mem = '4MB'", Some("ALTER SYSTEM")),
            ("discard all", Some("DISCARD ALL")),
            ("discard temp", None),
            ("cluster", Some("CLUSTER")),
            ("cluster verbose", Some("CLUSTER")),
            ("cluster (verbose)", Some("CLUSTER")),
            ("cluster (verbose) t using i", None),
            (
                "alter table t detach partition s.p concurrently",
                Some(detach),
            ),
            ("alter table t detach partition p finalize", None),
            ("alter table t detach partition p", None),
            ("refresh materialized view concurrently v", None),
            ("alter type mood add value 'x'", None),
            ("create table t (a int)", None),
        ] {
            let statements = split(text).unwrap();
            assert_eq!(refuses_transaction(&statements[0]), expected, "{text}");
        }
    }

    #[test]
    fn a_subscription_is_refused_where_it_acts_on_the_publisher() {
        for (text, refused) in [
            ("create subscription s connection 'x' publication p", true),
            (
                "create subscription s connection 'x' publication p with (slot_name = a)",
                true,
            ),
            (
                "create subscription s connection 'x' publication p with (create_slot = false)",
                false,
            ),
            (
                "create subscription s connection 'x' publication p with (connect=0, enabled=false)",
                false,
            ),
            (
                "create subscription s connection 'x' publication p with (create_slot)",
                true,
            ),
            ("alter subscription s refresh publication", true),
            ("alter subscription s set publication p, q", true),
            (
                "alter subscription s add publication p with (copy_data = true)",
                true,
            ),
            (
                "alter subscription s drop publication p with (refresh = 'off')",
                false,
            ),
            ("alter subscription s set (failover = true)", true),
            ("alter subscription s set (two_phase = false)", true),
            ("alter subscription s set (slot_name = none)", false),
            ("alter subscription s disable", false),
            ("drop subscription s", false),
        ] {
            let statements = split(text).unwrap();
            assert_eq!(
                refuses_transaction(&statements[0]).is_some(),
                refused,
                "{text}"
            );
        }
    }
}
