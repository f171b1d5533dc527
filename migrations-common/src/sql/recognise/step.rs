//! How a statement of a no-transaction file is known to be done, when a later run finds the file unrecorded.

use super::enum_value::{EnumValue, adds_enum_value};
use super::index::{CreateIndex, DropIndex, creates_index, drops_index};
use super::table::{DetachPartition, alter_table, detaches_partition};
use crate::sql::lexer::TokenKind;
use crate::sql::{Cursor, Statement};

/// What a statement of a no-transaction file makes, by which a later run sees that it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Done when the index is there and valid.
    CreateIndex(CreateIndex),
    /// Done when the indexes are gone.
    DropIndex(DropIndex),
    /// May run again; what an interrupted concurrent one leaves are INVALID copies beside the index.
    Reindex,
    /// Done when the enum has the label.
    AddEnumValue(EnumValue),
    /// Done when the partition is no longer attached, and not waiting for FINALIZE.
    DetachPartition(DetachPartition),
    /// Harmless to run again, by what it says itself.
    Repeatable,
    /// All else: nothing in the database tells whether it ran.
    Unrecognised,
}

/// What `statement` is, to a run that may be the second.
pub fn step(statement: &Statement<'_>) -> Step {
    if let Some(index) = creates_index(statement) {
        Step::CreateIndex(index)
    } else if let Some(indexes) = drops_index(statement) {
        Step::DropIndex(indexes)
    } else if let Some(value) = adds_enum_value(statement) {
        Step::AddEnumValue(value)
    } else if let Some(detach) = detaches_partition(statement) {
        Step::DetachPartition(detach)
    } else if statement.cursor().keyword("reindex") {
        Step::Reindex
    } else if is_repeatable(statement) {
        Step::Repeatable
    } else {
        Step::Unrecognised
    }
}

/// Statements that set something to a value, or that only do what is not done yet.
///
/// DISCARD is not among them: DISCARD ALL gives up the session's advisory locks.
fn is_repeatable(statement: &Statement<'_>) -> bool {
    let mut cursor = statement.cursor();
    let command = cursor.keyword_of(&[
        "vacuum",
        "analyze",
        "analyse",
        "checkpoint",
        "cluster",
        "refresh materialized view",
        "set",
        "reset",
        "show",
        "alter system",
        "alter default privileges",
        "comment on",
        "security label",
        "grant",
        "revoke",
        "create or replace",
        "create",
        "drop",
        "alter table",
    ]);
    match command {
        None => false,
        Some("create") => says_after_kind(cursor, "if not exists"),
        Some("drop") => says_after_kind(cursor, "if exists"),
        Some("alter table") => alter_table(statement)
            .is_some_and(|alter| alter.actions.into_iter().all(is_repeatable_action)),
        Some(_) => true,
    }
}

/// Whether `words` stand after the kind of object: `CREATE MATERIALIZED VIEW IF NOT EXISTS`.
///
/// A kind is at most four words (`DROP TEXT SEARCH CONFIGURATION`); the name comes after.
fn says_after_kind(mut cursor: Cursor<'_>, words: &str) -> bool {
    for _ in 0..4 {
        if cursor
            .advance()
            .is_none_or(|token| token.kind != TokenKind::Word)
        {
            return false;
        }
        if cursor.keyword(words) {
            return true;
        }
    }
    false
}

fn is_repeatable_action(mut action: Cursor<'_>) -> bool {
    if action.keyword("validate constraint") {
        return true;
    }
    if action.keyword("add") {
        action.keyword("column");
        return action.keyword("if not exists");
    }
    if action.keyword("drop") {
        action.keyword_of(&["column", "constraint"]);
        return action.keyword("if exists");
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    fn step_of(text: &str) -> Step {
        step(&split(text).unwrap()[0])
    }

    #[test]
    fn what_shows_in_the_catalog_is_recognised_by_it() {
        for (text, expected) in [
            ("create index concurrently i on t (a)", "CreateIndex"),
            (
                "create unique index concurrently if not exists i on t (a)",
                "CreateIndex",
            ),
            ("create index if not exists i on t (a)", "CreateIndex"),
            ("drop index concurrently if exists i", "DropIndex"),
            ("drop index i", "DropIndex"),
            (
                "alter type mood add value if not exists 'x'",
                "AddEnumValue",
            ),
            ("reindex index concurrently i", "Reindex"),
            ("reindex (verbose) table t", "Reindex"),
        ] {
            let debug = format!("{:?}", step_of(text));
            assert!(debug.starts_with(expected), "{text}: {debug}");
        }
    }

    #[test]
    fn a_partition_is_named_with_its_table() {
        for (text, finalize) in [
            (
                "alter table if exists s.t detach partition p concurrently",
                false,
            ),
            ("alter table s.t detach partition p finalize", true),
        ] {
            let Step::DetachPartition(detach) = step_of(text) else {
                panic!("{text}");
            };
            assert_eq!(detach.table.schema.as_deref(), Some("s"));
            assert_eq!(
                (detach.table.name.as_str(), detach.partition.name.as_str()),
                ("t", "p")
            );
            assert_eq!(detach.finalize, finalize);
        }
        assert_eq!(
            step_of("alter table t detach partition p"),
            Step::Unrecognised
        );
    }

    #[test]
    fn what_may_run_twice_is_repeatable() {
        for text in [
            "vacuum (full, analyze) t",
            "analyze t",
            "set search_path = a",
            "reset all",
            "show work_mem",
            "checkpoint",
            "cluster t using i",
            "refresh materialized view concurrently v",
            "alter system set work_mem = '4MB'",
            "alter default privileges grant select on tables to r",
            "comment on table t is 'x'",
            "grant select on t to r",
            "revoke all on t from r",
            "create or replace function f() returns int return 1",
            "create table if not exists t (a int)",
            "create global temporary table if not exists t (a int)",
            "create materialized view if not exists v as select 1",
            "create extension if not exists e",
            "drop table if exists t",
            "drop text search configuration if exists c",
            "alter table t validate constraint a, validate constraint b",
            "alter table t add column if not exists a int, add if not exists b int",
            "alter table t drop column if exists a, drop if exists b, drop constraint if exists c",
        ] {
            assert_eq!(step_of(text), Step::Repeatable, "{text}");
        }
    }

    #[test]
    fn all_else_is_not_recognised() {
        for text in [
            "update t set a = a + 1",
            "insert into t values (1) on conflict do nothing",
            "delete from t",
            "select f()",
            "call p()",
            "do $$begin perform 1; end$$",
            "truncate t",
            "create table t (a int)",
            "create view v as select 1",
            "create table if (a int)",
            "create database d",
            "drop table t",
            "alter table t add column a int",
            "alter table t validate constraint a, add column b int",
            "alter table t drop constraint c",
            "alter type mood rename value 'a' to 'b'",
            "discard all",
            "explain analyze delete from t",
            "with x as (delete from t returning a) select * from x",
            "(select 1)",
        ] {
            assert_eq!(step_of(text), Step::Unrecognised, "{text}");
        }
    }
}
