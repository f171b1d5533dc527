//! `${…}` in SQL: an identifier, or with `:literal` a string; never raw text.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::problem::{self, Problem, Source};
use crate::sql::lexer::{Opened, TokenKind, tokens};
use crate::sql::quote;

/// Values by placeholder name.
pub type Values = BTreeMap<String, String>;

/// SQL after replacement, and where each piece of it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The SQL that is sent.
    pub text: String,
    /// (byte in `text`, byte in the file), at the start of each piece that was copied or replaced.
    pieces: Vec<(usize, usize)>,
}

impl Rendered {
    /// A file that is sent as it stands, but for a byte order mark: the server would take it for a name.
    pub fn verbatim(text: &str) -> Self {
        let start = start(text);
        Rendered {
            text: text.get(start..).unwrap_or("").to_owned(),
            pieces: vec![(0, start)],
        }
    }

    /// The byte of the file that byte `offset` of the SQL came from.
    pub fn origin(&self, offset: usize) -> usize {
        let after = self
            .pieces
            .partition_point(|(rendered, _)| *rendered <= offset);
        match after.checked_sub(1).and_then(|i| self.pieces.get(i)) {
            Some((rendered, original)) => {
                let ahead = original + (offset - rendered);
                // Inside a replaced value everything points at the placeholder.
                self.pieces
                    .get(after)
                    .map_or(ahead, |(_, next)| ahead.min(*next))
            }
            None => offset,
        }
    }
}

/// Replaces the placeholders of `source`.
///
/// # Errors
/// Every placeholder that is unknown, not closed, or stands inside a string.
pub fn render(source: &Source, values: &Values) -> Result<Rendered, Vec<Problem>> {
    let mut out = Rendered {
        text: String::with_capacity(source.text.len()),
        pieces: Vec::new(),
    };
    let mut problems = Vec::new();
    let mut copied = start(&source.text);
    for found in find(&source.text) {
        let replacement = match replace(&found, values) {
            Ok(replacement) => replacement,
            Err((message, help)) => {
                problems.push(
                    Problem::verification("placeholder", message)
                        .at(source.place(found.span.clone()))
                        .help(help),
                );
                continue;
            }
        };
        out.push(
            source.text.get(copied..found.span.start).unwrap_or(""),
            copied,
        );
        out.push(&replacement, found.span.start);
        copied = found.span.end;
    }
    out.push(source.text.get(copied..).unwrap_or(""), copied);
    if problems.is_empty() {
        Ok(out)
    } else {
        Err(problems)
    }
}

/// The same for a piece of SQL that is no file, such as an `only-if` query.
///
/// # Errors
/// As [`render`], with places in `source`, where the piece stands at `span`.
pub fn render_part(
    source: &Source,
    span: &Range<usize>,
    sql: &str,
    values: &Values,
) -> Result<String, Vec<Problem>> {
    render(&Source::new(source.path.clone(), sql), values)
        .map(|rendered| rendered.text)
        .map_err(|problems| {
            let relocate = |mut problem: Problem| {
                problem.places = vec![source.place(span.clone())];
                problem
            };
            problems.into_iter().map(relocate).collect()
        })
}

/// The byte after a byte order mark.
fn start(text: &str) -> usize {
    const BYTE_ORDER_MARK: char = '\u{feff}';
    text.len() - text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).len()
}

impl Rendered {
    fn push(&mut self, piece: &str, origin: usize) {
        self.pieces.push((self.text.len(), origin));
        self.text.push_str(piece);
    }
}

/// A `${name}`, `${name:literal}` or `$${` outside of comments.
struct Found<'t> {
    span: Range<usize>,
    inner: Inner<'t>,
    /// The delimiters of the dollar quotes around it.
    delimiters: Vec<&'t str>,
}

enum Inner<'t> {
    Escaped,
    Unclosed,
    InString(&'t str),
    Name(&'t str),
}

fn find(text: &str) -> Vec<Found<'_>> {
    let regions = regions(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text
        .get(at..)
        .and_then(|rest| rest.find("${"))
        .map(|i| at + i)
    {
        at = start + 2;
        let around = |inside: Inside| {
            let around = regions.iter().filter(move |r| r.span.contains(&start));
            around.filter(move |r| r.inside == inside)
        };
        if around(Inside::Comment).next().is_some() {
            continue;
        }
        let delimiters = around(Inside::DollarQuotes).filter_map(|r| delimiter(text, &r.span));
        let delimiters = delimiters.collect();
        let end = text
            .get(start..)
            .and_then(|rest| rest.find('}'))
            .map(|i| start + i + 1);
        let escaped = start
            .checked_sub(1)
            .filter(|before| text.as_bytes().get(*before) == Some(&b'$'));
        let (span, inner) = match (escaped, end) {
            (Some(before), _) => (before..start + 2, Inner::Escaped),
            (None, None) => (start..start + 2, Inner::Unclosed),
            (None, Some(end)) => {
                at = end;
                let name = text.get(start + 2..end - 1).unwrap_or("");
                let quoted = around(Inside::Quotes).next().is_some();
                (
                    start..end,
                    if quoted {
                        Inner::InString(name)
                    } else {
                        Inner::Name(name)
                    },
                )
            }
        };
        found.push(Found {
            span,
            inner,
            delimiters,
        });
    }
    found
}

struct Region {
    span: Range<usize>,
    inside: Inside,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Comment,
    Quotes,
    DollarQuotes,
}

/// Comments and quotes of `text`. What stands in dollar quotes is code as a rule, so it is read like the rest.
fn regions(text: &str) -> Vec<Region> {
    // To the lexer `$${` begins dollar quotes.
    let text = &text.replace("$${", "   ");
    let mut regions = Vec::new();
    let mut unread = Vec::new();
    unread.push(0..text.len());
    while let Some(piece) = unread.pop() {
        for token in tokens(text.get(piece.clone()).unwrap_or("")) {
            let span = piece.start + token.span.start..piece.start + token.span.end;
            let inside = match token.kind {
                TokenKind::LineComment
                | TokenKind::BlockComment
                | TokenKind::Unterminated(Opened::Comment) => Inside::Comment,
                TokenKind::String | TokenKind::StringContinued | TokenKind::QuotedIdentifier => {
                    Inside::Quotes
                }
                TokenKind::DollarString => {
                    let quote = delimiter(text, &span).map_or(0, str::len);
                    unread.push(span.start + quote..span.end - quote);
                    Inside::DollarQuotes
                }
                TokenKind::Unterminated(_) => Inside::Quotes,
                _ => continue,
            };
            regions.push(Region { span, inside });
        }
    }
    regions
}

/// `$tag$` of the dollar quotes at `span`.
fn delimiter<'t>(text: &'t str, span: &Range<usize>) -> Option<&'t str> {
    let quoted = text.get(span.clone())?;
    let end = quoted.get(1..)?.find('$')? + 2;
    quoted.get(..end)
}

fn replace(found: &Found<'_>, values: &Values) -> Result<String, (String, String)> {
    let (name, literal) = match found.inner {
        Inner::Escaped => return Ok("${".to_owned()),
        Inner::Unclosed => {
            return Err((
                "`${` has no `}`".to_owned(),
                "write ${name}, or $${ for a plain ${".to_owned(),
            ));
        }
        Inner::InString(name) => {
            let bare = name.trim_end_matches(":literal");
            return Err((
                format!("`${{{name}}}` stands inside quotes"),
                format!(
                    "write ${{{bare}:literal}} without quotes; join it with || where it is part of a string"
                ),
            ));
        }
        Inner::Name(name) => match name.split_once(':') {
            None => (name, false),
            Some((name, "literal")) => (name, true),
            Some((name, other)) => {
                return Err((
                    format!("`{other}` is no form of a placeholder"),
                    format!(
                        "write ${{{name}}} for an identifier, ${{{name}:literal}} for a string"
                    ),
                ));
            }
        },
    };
    let Some(value) = values.get(name) else {
        let known: Vec<&str> = values.keys().map(String::as_str).collect();
        let message = problem::unknown_name("placeholder", name, known);
        return Err((
            message,
            format!(
                "give it with `-x {name}=…`, or a default under [placeholders]; $${{ writes a plain ${{"
            ),
        ));
    };
    let quoted = if literal {
        quote::literal(value)
    } else {
        quote::identifier(value)
    };
    match found.delimiters.iter().find(|one| quoted.contains(**one)) {
        Some(delimiter) => Err((
            format!("the value of `${{{name}}}` would end the `{delimiter}` around it"),
            "choose another tag for the dollar quotes, such as $body$".to_owned(),
        )),
        None => Ok(quoted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        [
            ("schema", "acme"),
            ("name", "O'Neil \"x\""),
            ("évil", "x; drop table y"),
            ("ends", "a$$; drop table y; --"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into()
    }

    fn check(text: &str, expected: &str) {
        let rendered =
            render(&Source::new("V1__x.sql", text), &values()).expect("known placeholders");
        assert_eq!(rendered.text, expected);
    }

    fn check_error(text: &str, expected: &str) {
        let problems =
            render(&Source::new("V1__x.sql", text), &values()).expect_err("must be refused");
        let messages: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
        assert_eq!(messages.join("; "), expected);
    }

    #[test]
    fn values_are_quoted() {
        check("create table ${schema}.t ()", "create table \"acme\".t ()");
        check(
            "select ${name}, ${name:literal}",
            "select \"O'Neil \"\"x\"\"\", 'O''Neil \"x\"'",
        );
        check("select ${évil}", "select \"x; drop table y\"");
    }

    #[test]
    fn comments_and_escapes_stay() {
        check(
            "-- ${nothing}\n/* ${nothing} */ select $${x}",
            "-- ${nothing}\n/* ${nothing} */ select ${x}",
        );
    }

    #[test]
    fn a_dollar_quoted_body_is_code() {
        check(
            "do $$ begin select ${schema}.f(); end $$",
            "do $$ begin select \"acme\".f(); end $$",
        );
    }

    #[test]
    fn quotes_within_a_body_are_quotes() {
        check_error(
            "do $$ begin execute '${schema}'; end $$",
            "`${schema}` stands inside quotes",
        );
        check(
            "do $$ begin /* ${x} */ execute $q$ select ${schema} $q$; end $$",
            "do $$ begin /* ${x} */ execute $q$ select \"acme\" $q$; end $$",
        );
        check_error(
            "do $$ begin perform ${ends:literal}; end $$",
            "the value of `${ends}` would end the `$$` around it",
        );
        check_error(
            "do $$ begin execute $q$ select ${ends:literal} $q$; end $$",
            "the value of `${ends}` would end the `$$` around it",
        );
    }

    #[test]
    fn what_cannot_be_replaced_is_refused() {
        check_error("select '${schema}'", "`${schema}` stands inside quotes");
        check_error("select \"${schema}\"", "`${schema}` stands inside quotes");
        check_error(
            "select ${schem}",
            "no placeholder `schem`; did you mean `schema`?  (placeholders: ends, name, schema, évil)",
        );
        check_error(
            "select ${schema:raw}; select ${",
            "`raw` is no form of a placeholder; `${` has no `}`",
        );
    }

    #[test]
    fn every_byte_knows_where_it_came_from() {
        let text = "select ${schema}.f(), ${name:literal}, oops";
        let rendered =
            render(&Source::new("V1__x.sql", text), &values()).expect("known placeholders");
        let oops = rendered.text.find("oops").expect("kept");
        assert_eq!(rendered.origin(oops), text.find("oops").expect("there"));
        assert_eq!(rendered.origin(0), 0);
        let inside = rendered.text.find("cme").expect("replaced");
        assert!(
            text[rendered.origin(inside)..].starts_with("schema}")
                || text[rendered.origin(inside)..].starts_with("{schema")
        );
    }
}
