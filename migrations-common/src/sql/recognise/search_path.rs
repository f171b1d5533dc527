//! Statements that set `search_path`.

use std::ops::Range;

use super::code::{Part, Runs, parts};
use crate::sql::lexer::TokenKind;
use crate::sql::{Cursor, Statement};

/// A new `search_path`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchPath {
    /// The schema that comes first in it. An empty path has none, and that of the session's start is not known.
    pub first: Option<String>,
    /// Where the first schema stands, or else what sets the path, in the text that was split.
    pub span: Range<usize>,
}

/// The paths that `statement` sets, for what follows it or for later sessions; those of DO blocks too.
///
/// What a routine sets counts only while it runs, so it is left out: `CREATE FUNCTION … SET search_path` and what stands in
/// its body. So is `set_config` with a value that is no constant.
pub fn sets_search_path(statement: &Statement<'_>) -> Vec<SearchPath> {
    let mut paths = Vec::new();
    for part in parts(statement) {
        if part.runs() == Runs::Now {
            let found = by_statement(&part).into_iter().chain(by_function(&part));
            paths.extend(found.map(|path| SearchPath {
                span: part.place(&path.span),
                ..path
            }));
        }
    }
    paths.sort_by_key(|path| path.span.start);
    paths
}

fn by_statement(part: &Part<'_>) -> Option<SearchPath> {
    let mut cursor = part.cursor();
    let commands = [
        "set session",
        "set local",
        "set",
        "reset",
        "alter role",
        "alter user",
        "alter database",
        "alter system",
    ];
    let command = cursor.keyword_of(&commands)?;
    let begins_with = |words: &str| {
        let span = part.cursor().keyword_span(words);
        span.map(|span| SearchPath { first: None, span })
    };
    if command == "reset" {
        return begins_with("reset search_path").or_else(|| begins_with("reset all"));
    }
    if command.starts_with("alter") {
        cursor.find("set").then_some(())?;
    }
    let span = cursor.keyword_span("search_path");
    if span.is_none() && cursor.keyword("schema") {
        return first(&mut cursor);
    }
    let path = SearchPath {
        first: None,
        span: span?,
    };
    if cursor.keyword("from current") {
        return None;
    }
    let is_set = cursor.keyword("to") || cursor.mark(TokenKind::Operator);
    is_set.then_some(())?;
    if cursor.keyword("default") {
        return Some(path);
    }
    Some(first(&mut cursor).unwrap_or(path))
}

/// The first of a list of names and strings.
fn first(cursor: &mut Cursor<'_>) -> Option<SearchPath> {
    let span = cursor.peek()?.span.clone();
    let first = cursor.identifier().or_else(|| cursor.string())?;
    let first = Some(first).filter(|first| !first.is_empty());
    Some(SearchPath { first, span })
}

fn by_function(part: &Part<'_>) -> Vec<SearchPath> {
    let mut paths = Vec::new();
    let mut cursor = part.cursor();
    while !cursor.is_at_end() {
        if !cursor.keyword("set_config") {
            cursor.advance();
        } else if let Some(path) = set_config(&mut cursor) {
            paths.push(path);
        }
    }
    paths
}

/// Reads `('search_path', 'a, b'`.
fn set_config(cursor: &mut Cursor<'_>) -> Option<SearchPath> {
    cursor.mark(TokenKind::OpenParen).then_some(())?;
    let setting = cursor.string()?;
    let is_path = setting.eq_ignore_ascii_case("search_path") && cursor.mark(TokenKind::Comma);
    is_path.then_some(())?;
    let span = cursor.peek()?.span.clone();
    let value = cursor.string()?;
    Some(SearchPath {
        first: first_of(&value),
        span,
    })
}

/// The first name of a path as `set_config` takes it: one text, with commas between the names.
fn first_of(path: &str) -> Option<String> {
    let mut cursor = Cursor::within(path, &(0..path.len()));
    let first = cursor.identifier().or_else(|| {
        let first = path.split(',').next().unwrap_or(path);
        Some(first.trim().to_owned())
    });
    first.filter(|first| !first.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    /// The first schema of each path, `-` if it has none, and the text that stands for it.
    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let statements = split(text).unwrap();
        let paths: Vec<SearchPath> = statements.iter().flat_map(sets_search_path).collect();
        let found: Vec<(&str, &str)> = paths
            .iter()
            .map(|path| {
                (
                    path.first.as_deref().unwrap_or("-"),
                    &text[path.span.clone()],
                )
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn set_names_a_list() {
        check("set search_path to acme, public", &[("acme", "acme")]);
        check(
            "SET LOCAL Search_Path = \"Acme\", public",
            &[("Acme", "\"Acme\"")],
        );
        check(
            "set session search_path = 'Größe', x",
            &[("Größe", "'Größe'")],
        );
        // One name with a comma in it.
        check("set search_path = 'a, b'", &[("a, b", "'a, b'")]);
        check(
            "set search_path = \"$user\", public",
            &[("$user", "\"$user\"")],
        );
        check("set search_path = ''", &[("-", "''")]);
        check("set schema 'acme'", &[("acme", "'acme'")]);
    }

    #[test]
    fn the_sessions_own_path_is_not_known() {
        check("set search_path to default", &[("-", "search_path")]);
        check("reset search_path", &[("-", "reset search_path")]);
        check("reset all", &[("-", "reset all")]);
        check("reset work_mem", &[]);
        check("set search_path from current", &[]);
    }

    #[test]
    fn a_role_or_a_database_has_one_too() {
        check(
            "alter role r in database d set search_path = acme",
            &[("acme", "acme")],
        );
        check(
            "alter user all set search_path to acme",
            &[("acme", "acme")],
        );
        check(
            "alter database d set search_path = acme, x",
            &[("acme", "acme")],
        );
        check("alter system set search_path = acme", &[("acme", "acme")]);
        check("alter role r set work_mem = '1MB'", &[]);
        check("alter role r reset search_path", &[]);
    }

    #[test]
    fn set_config_takes_one_text() {
        check(
            "select set_config('search_path', 'acme, public', false)",
            &[("acme", "'acme, public'")],
        );
        check(
            "select pg_catalog.set_config('SEARCH_PATH', e'\"A, b\",c', true), set_config('x.y', 'z', true)",
            &[("A, b", "e'\"A, b\",c'")],
        );
        check(
            "select pg_catalog.set_config('search_path', '', false)",
            &[("-", "''")],
        );
        check(
            "select set_config('search_path', '$user, x', false)",
            &[("$user", "'$user, x'")],
        );
        check(
            "select set_config('search_path', x || ', public', true)",
            &[],
        );
        check("select set_config from set_config", &[]);
    }

    #[test]
    fn a_routines_path_ends_with_it() {
        check(
            "create function f() returns int language sql set search_path = acme as ''",
            &[],
        );
        check("alter function f() set search_path = acme", &[]);
        check(
            "create procedure p() language plpgsql as $$ begin set local search_path = acme; end $$",
            &[],
        );
    }

    #[test]
    fn a_do_block_sets_it_for_what_follows() {
        check(
            "do $$ begin set local search_path = acme; perform set_config('search_path', 'b', true); \
             execute 'set search_path = c'; end $$",
            &[
                ("acme", "acme"),
                ("b", "'b'"),
                ("c", "'set search_path = c'"),
            ],
        );
    }

    #[test]
    fn other_statements_say_nothing() {
        check(
            "set work_mem = '1MB'; update t set search_path = 'acme'; show search_path",
            &[],
        );
        check("set role acme; set", &[]);
        check("comment on table t is 'set search_path = acme'", &[]);
    }
}
