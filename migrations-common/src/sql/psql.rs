//! SQL as psql must find it in a file, so that the server gets what was meant.
//!
//! Outside of quotes psql puts variables in: `:name`, `:'name'`, `:"name"`; and it takes a `\` for the start of a command
//! of its own (manual: psql, "SQL Interpolation"; `src/bin/psql/psqlscanslash.l` and `src/fe_utils/psqlscan.l`). Inside of
//! quotes it does neither. So what stands in quotes and depends on a variable is put together by the server, ahead of
//! the statement, and kept in another variable: a constant is the same constant, however it came to be.

use std::borrow::Cow;

use super::lexer::{TokenKind, tokens};
use super::{quote, unquote};

/// PostgreSQL stores no NUL, so no name and no text of its own can hold what is marked by it.
const MARK: char = '\0';

/// A name in the place of one that only psql knows, by its variable `variable`. [`written`] finds it again.
pub fn stand_in(variable: &str) -> String {
    format!("{MARK}{variable}{MARK}")
}

/// The variable that `name` stands for, if it is a [`stand_in`].
pub fn variable(name: &str) -> Option<&str> {
    name.strip_prefix(MARK)?.strip_suffix(MARK)
}

/// The byte of the first `\` in `sql` that psql would take for the start of a command. To the server it means nothing.
pub fn command(sql: &str) -> Option<usize> {
    let starts = |at: usize| sql.as_bytes().get(at) == Some(&b'\\');
    let mut starts_of_tokens = tokens(sql).map(|token| token.span.start);
    starts_of_tokens.find(|at| starts(*at))
}

/// Whole statements, or the beginning of one, as psql must find them.
///
/// The value of a variable that stands for a name becomes an identifier where the name was quoted as one, and a string
/// where it was quoted so, at any depth of quotes. A `:` that psql would read is kept from it by a blank.
pub fn written(sql: &str) -> String {
    let mut texts = Vec::new();
    let mut out = String::with_capacity(sql.len());
    for token in tokens(sql) {
        let text = sql.get(token.span.clone()).unwrap_or_default();
        if let Some(content) = content(token.kind, text) {
            texts.push(put_together(&content));
            out.extend([":'migrations_text_", &texts.len().to_string(), "'"]);
            continue;
        }
        for piece in pieces(text) {
            out += &match piece {
                Piece::Text(text) => Cow::from(text),
                Piece::Value(variable, Form::Identifier) => format!(":\"{variable}\"").into(),
                Piece::Value(variable, _) => format!(":'{variable}'").into(),
            };
        }
        let next = sql.get(token.span.end..).unwrap_or_default();
        if text == ":" && next.starts_with(is_read_after_a_colon) {
            out.push(' ');
        }
    }
    if texts.is_empty() {
        return out;
    }
    let texts: Vec<String> = (1..)
        .zip(&texts)
        .map(|(number, text)| format!("{text} as migrations_text_{number}"))
        .collect();
    format!("select {} \\gset\n{out}", texts.join(",\n  "))
}

fn is_read_after_a_colon(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || !character.is_ascii()
        || matches!(character, '_' | '\'' | '"' | '{')
}

/// What the constant `text` stands for, if it holds more than a name in the place of another.
fn content(kind: TokenKind, text: &str) -> Option<String> {
    if !text.contains(MARK) {
        return None;
    }
    match kind {
        TokenKind::DollarString => unquote::dollar_string(text),
        TokenKind::String | TokenKind::StringContinued => {
            let is_more = |piece: &Piece<'_>| match piece {
                Piece::Text(text) => text.contains('\''),
                Piece::Value(_, form) => *form != Form::String,
            };
            let is_more = pieces(text).iter().any(is_more);
            is_more.then(|| unquote::string(&[text], '\\')).flatten()
        }
        _ => None,
    }
}

/// An expression by which the server puts `text` together.
fn put_together(text: &str) -> String {
    let mut format = String::new();
    let mut arguments: Vec<String> = Vec::new();
    let mut argument = |value: String, letter: char| {
        let found = arguments.iter().position(|known| *known == value);
        let at = found.unwrap_or_else(|| {
            arguments.push(value);
            arguments.len() - 1
        });
        format!("%{}${letter}", at + 1)
    };
    for token in tokens(text) {
        let text = text.get(token.span.clone()).unwrap_or_default();
        if let Some(content) = content(token.kind, text) {
            let content = put_together(&content);
            format += &match delimiter(token.kind, text) {
                Some(delimiter) => argument(in_dollar_quotes(&content, delimiter), 's'),
                None => argument(content, 'L'),
            };
            continue;
        }
        for piece in pieces(text) {
            format += &match piece {
                Piece::Text(text) => text.replace('%', "%%"),
                // Not by `%I`, which leaves most names without quotes: a stored body would differ from one that a run stored.
                Piece::Value(variable, Form::Identifier) => argument(
                    format!("'\"' || replace(:'{variable}', '\"', '\"\"') || '\"'"),
                    's',
                ),
                Piece::Value(variable, Form::String) => argument(format!(":'{variable}'"), 'L'),
                Piece::Value(variable, Form::Bare) => argument(format!(":'{variable}'"), 's'),
            };
        }
    }
    format!(
        "format({}, {})",
        quote::literal(&format),
        arguments.join(", ")
    )
}

/// `$tag$` of a constant in dollar quotes.
fn delimiter(kind: TokenKind, text: &str) -> Option<&str> {
    let end = text.get(1..)?.find('$')?.checked_add(2)?;
    text.get(..end).filter(|_| kind == TokenKind::DollarString)
}

/// An expression for `text`, an expression too, in its dollar quotes, as a run writes it; in others if it would end them.
fn in_dollar_quotes(text: &str, delimiter: &str) -> String {
    let delimiter = quote::literal(delimiter);
    format!(
        "case when strpos({text}, {delimiter}) = 0 then {delimiter} || {text} || {delimiter} else quote_literal({text}) end"
    )
}

/// A part of a text, cut where names stand in the place of others.
enum Piece<'t> {
    Text(&'t str),
    Value(&'t str, Form),
}

/// How a name is quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Identifier,
    String,
    Bare,
}

/// The parts of `text`; the quotes of a name belong to it.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, (variable, after))) = rest
        .split_once(MARK)
        .and_then(|(before, rest)| Some((before, rest.split_once(MARK)?)))
    {
        let quoted = |quote: char| Some((before.strip_suffix(quote)?, after.strip_prefix(quote)?));
        let (before, after, form) = match (quoted('"'), quoted('\'')) {
            (Some((before, after)), _) => (before, after, Form::Identifier),
            (_, Some((before, after))) => (before, after, Form::String),
            _ => (before, after, Form::Bare),
        };
        pieces.extend([Piece::Text(before), Piece::Value(variable, form)]);
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: &str) {
        let sql = sql.replace('@', &stand_in("schema"));
        assert_eq!(written(&sql), expected, "{sql}");
    }

    #[test]
    fn what_psql_would_read_is_kept_from_it() {
        check(
            "select a[1:n], a[ :n], b[:2]",
            "select a[1: n], a[ : n], b[: 2]",
        );
        check(
            "select json_object('a':'b', k:\"v\")",
            "select json_object('a': 'b', k: \"v\")",
        );
        check(
            "select x::int, y ::text; a := :{?n}",
            "select x::int, y ::text; a := : {?n}",
        );
        check(
            "select ':n', $$ :n $$, \":n\" -- :n\n/* :n */",
            "select ':n', $$ :n $$, \":n\" -- :n\n/* :n */",
        );
        check("select a[1 : n]", "select a[1 : n]");
    }

    #[test]
    fn a_name_that_psql_knows_is_quoted_by_psql() {
        check(
            "create table \"@\".t (v text default '@')",
            "create table :\"schema\".t (v text default :'schema')",
        );
        check("select 'a' || '@''@'", "select 'a' || :'schema':'schema'");
        check("select 'a'\n'@'", "select 'a'\n:'schema'");
        check(
            "select json_object('a':'@')",
            "select json_object('a': :'schema')",
        );
    }

    #[test]
    fn what_is_quoted_around_a_name_is_put_together_by_the_server() {
        check(
            "do $$ begin perform \"@\".f('@', 5 % 2); end $$",
            "select format(' begin perform %1$s.f(%2$L, 5 %% 2); end ', \
             '\"' || replace(:'schema', '\"', '\"\"') || '\"', :'schema') as migrations_text_1 \\gset\n\
             do :'migrations_text_1'",
        );
        check(
            "do 'begin raise ''no \"@\"''; end'",
            "select format('begin raise %1$L; end', format('no %1$s', \
             '\"' || replace(:'schema', '\"', '\"\"') || '\"')) as migrations_text_1 \\gset\n\
             do :'migrations_text_1'",
        );
    }

    #[test]
    fn dollar_quotes_stay_unless_a_name_would_end_them() {
        check(
            "do $$ execute $q$ '@' $q$ $$",
            "select format(' execute %1$s ', case when strpos(format(' %1$L ', :'schema'), '$q$') = 0 \
             then '$q$' || format(' %1$L ', :'schema') || '$q$' \
             else quote_literal(format(' %1$L ', :'schema')) end) as migrations_text_1 \\gset\n\
             do :'migrations_text_1'",
        );
    }

    #[test]
    fn a_command_of_psql_is_found() {
        for (sql, expected) in [
            ("select 1 \\gset", Some(9)),
            ("\\! ls", Some(0)),
            (r"select E'\n', '\', $$\$$, U&'\0061' -- \", None),
            (r"/* \ */ select 1", None),
        ] {
            assert_eq!(command(sql), expected, "{sql}");
        }
    }
}
