//! A statement's name in a message.

use crate::sql::{Cursor, Statement};

/// The keywords that `statement` begins with, such as `CREATE INDEX CONCURRENTLY`.
///
/// It stops before the first name. What begins with no word of SQL's is given by its first token, cut short.
pub fn first_words(statement: &Statement<'_>) -> String {
    let mut cursor = statement.cursor();
    let Some(verb) = word_of(&mut cursor, VERBS) else {
        let first = cursor.peek().map(|token| cursor.text_of(token));
        let short = first.unwrap_or_default().chars().take(20);
        return short.collect::<String>().to_ascii_uppercase();
    };
    let mut words = vec![verb];
    while let Some(modifier) = word_of(&mut cursor, MODIFIERS) {
        words.push(modifier);
    }
    words.extend(word_of(&mut cursor, OBJECTS));
    words.extend(word_of(&mut cursor, "CONCURRENTLY"));
    words.join(" ")
}

fn word_of(cursor: &mut Cursor<'_>, words: &'static str) -> Option<&'static str> {
    words.split(' ').find(|word| cursor.keyword(word))
}

/// Commands of which the first word alone says too little.
const VERBS: &str = "ALTER COMMENT COMMIT CREATE DELETE DROP IMPORT INSERT LOCK PREPARE REFRESH \
    REINDEX ROLLBACK START TRUNCATE";

/// What stands between a verb and its object.
const MODIFIERS: &str = "ACCESS DATA DEFAULT EVENT FOREIGN GLOBAL LOCAL MATERIALIZED OR RECURSIVE \
    REPLACE SEARCH TEMP TEMPORARY TEXT UNIQUE UNLOGGED";

/// What a verb is about. A name comes next.
const OBJECTS: &str = "AGGREGATE CAST COLLATION CONFIGURATION CONVERSION DATABASE DICTIONARY \
    DOMAIN EXTENSION FROM FUNCTION GROUP INDEX INTO LANGUAGE METHOD ON OPERATOR OWNED PARSER \
    POLICY PREPARED PRIVILEGES PROCEDURE PUBLICATION ROLE ROUTINE RULE SCHEMA SEQUENCE SERVER \
    STATISTICS SUBSCRIPTION SYSTEM TABLE TABLESPACE TEMPLATE TRANSACTION TRIGGER TYPE USER VIEW \
    WRAPPER";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    #[test]
    fn keywords_lead_and_names_do_not_follow() {
        for (text, expected) in [
            (
                "create index concurrently if not exists i on t (a)",
                "CREATE INDEX CONCURRENTLY",
            ),
            (
                "create unique /* a */ index i on t (a)",
                "CREATE UNIQUE INDEX",
            ),
            ("create table statistics (a int)", "CREATE TABLE"),
            (
                "create or replace function f() returns int return 1",
                "CREATE OR REPLACE FUNCTION",
            ),
            (
                "refresh materialized view concurrently v",
                "REFRESH MATERIALIZED VIEW CONCURRENTLY",
            ),
            ("reindex table concurrently t", "REINDEX TABLE CONCURRENTLY"),
            ("alter type \"table\" add value 'x'", "ALTER TYPE"),
            (
                "alter default privileges grant select on tables to r",
                "ALTER DEFAULT PRIVILEGES",
            ),
            ("insert into t values (1)", "INSERT INTO"),
            ("update view set a = 1", "UPDATE"),
            ("select type from t", "SELECT"),
            ("rollback prepared 'x'", "ROLLBACK PREPARED"),
            ("vacuum t", "VACUUM"),
            ("craete table t", "CRAETE"),
            ("(select 1)", "("),
            (
                "'a string that is very long indeed'",
                "'A STRING THAT IS VE",
            ),
        ] {
            let statements = split(text).unwrap();
            assert_eq!(first_words(&statements[0]), expected, "{text}");
        }
    }
}
