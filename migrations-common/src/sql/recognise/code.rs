//! The code of a statement: the statement itself, and the bodies of routines that stand in it as strings.

use std::borrow::Cow;
use std::ops::Range;

use crate::sql::lexer::{Token, TokenKind, tokens};
use crate::sql::{Cursor, Statement};

/// One statement of the code, or one declaration of a PL/pgSQL block.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    code: Code<'a>,
    pub(super) is_declaration: bool,
}

/// Text in one language.
#[derive(Clone, Debug)]
struct Code<'a> {
    text: Cow<'a, str>,
    shown: Shown,
    language: Language,
    runs: Runs,
}

/// Where code stands in the text that was split.
#[derive(Clone, Debug)]
enum Shown {
    /// As it is, from this byte on.
    From(usize),
    /// In quotes that change it, at these bytes.
    Within(Range<usize>),
}

/// What code is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Sql,
    PlPgSql,
    /// One that nobody reads here.
    Other,
}

/// When code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// With the statement.
    Now,
    /// When the routine is called that the statement makes.
    WhenCalled,
}

/// The parts of `statement`'s code, those of SQL and PL/pgSQL bodies among them. Other languages are left out.
pub(super) fn parts<'a>(statement: &Statement<'a>) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    // A list, not recursion: bodies may nest as deep as a file likes.
    let mut unread = vec![Code {
        text: Cow::Borrowed(statement.text()),
        shown: Shown::From(statement.span.start),
        language: Language::Sql,
        runs: Runs::Now,
    }];
    while let Some(code) = unread.pop() {
        for part in code.parts() {
            unread.extend(part.bodies());
            parts.push(part);
        }
    }
    parts
}

impl<'a> Part<'a> {
    pub(super) fn cursor(&self) -> Cursor<'_> {
        Cursor::within(&self.code.text, &(0..self.code.text.len()))
    }

    /// Bytes of the part as bytes of the text that was split.
    pub(super) fn place(&self, span: &Range<usize>) -> Range<usize> {
        match &self.code.shown {
            Shown::From(start) => start + span.start..start + span.end,
            Shown::Within(whole) => whole.clone(),
        }
    }

    pub(super) fn language(&self) -> Language {
        self.code.language
    }

    pub(super) fn runs(&self) -> Runs {
        self.code.runs
    }

    /// The code that the part holds as strings.
    fn bodies(&self) -> Vec<Code<'a>> {
        let mut cursor = self.cursor();
        if cursor.keyword("do") {
            let language = language(&cursor).unwrap_or(Language::PlPgSql);
            if cursor.keyword("language") {
                cursor.advance();
            }
            self.body(cursor, language, self.runs())
                .into_iter()
                .collect()
        } else if creates_routine(&mut cursor) {
            let language = language(&cursor).unwrap_or(Language::Other);
            cursor.find("as");
            self.body(cursor, language, Runs::WhenCalled)
                .into_iter()
                .collect()
        } else if self.language() == Language::PlPgSql && cursor.find("execute") {
            self.strings(cursor)
        } else {
            Vec::new()
        }
    }

    /// Every string from `cursor` on: what EXECUTE is given may be put together from several.
    fn strings(&self, mut cursor: Cursor<'_>) -> Vec<Code<'a>> {
        let mut bodies = Vec::new();
        while !cursor.is_at_end() {
            bodies.extend(self.body(cursor.clone(), Language::Sql, self.runs()));
            cursor.advance();
        }
        bodies
    }

    /// The string at `cursor` as code.
    fn body(&self, mut cursor: Cursor<'_>, language: Language, runs: Runs) -> Option<Code<'a>> {
        let token = cursor.peek()?.clone();
        let written = cursor.text_of(&token);
        let value = cursor.string()?;
        if language == Language::Other {
            return None;
        }
        let (text, shown) = match (&self.code.shown, token.kind) {
            (Shown::From(start), TokenKind::DollarString) => {
                let delimiter = written.len().checked_sub(value.len())? / 2;
                let begin = token.span.start + delimiter;
                let text = self.code.slice(begin..begin + value.len())?;
                (text, Shown::From(start + begin))
            }
            _ => (Cow::Owned(value), Shown::Within(self.place(&token.span))),
        };
        Some(Code {
            text,
            shown,
            language,
            runs,
        })
    }
}

impl<'a> Code<'a> {
    fn parts(&self) -> Vec<Part<'a>> {
        let mut cutter = Cutter::default();
        for token in tokens(&self.text).filter(|token| token.kind.is_significant()) {
            let word = self.text.get(token.span.clone()).unwrap_or_default();
            cutter.pass(&token, word, self.language);
        }
        cutter.cut(self.text.len());
        let part = |(span, is_declaration): (Range<usize>, bool)| {
            let shown = match &self.shown {
                Shown::From(start) => Shown::From(start + span.start),
                Shown::Within(whole) => Shown::Within(whole.clone()),
            };
            Some(Part {
                code: Code {
                    text: self.slice(span)?,
                    shown,
                    ..*self
                },
                is_declaration,
            })
        };
        cutter.parts.into_iter().filter_map(part).collect()
    }

    fn slice(&self, span: Range<usize>) -> Option<Cow<'a, str>> {
        match &self.text {
            Cow::Borrowed(text) => text.get(span).map(Cow::Borrowed),
            Cow::Owned(text) => text.get(span).map(|text| Cow::Owned(text.to_owned())),
        }
    }
}

/// Cuts code after each `;`, and in PL/pgSQL also after each word that a statement may follow.
///
/// A CASE expression is cut at its THEN too. It does no harm: no name is read across one.
#[derive(Default)]
struct Cutter {
    parts: Vec<(Range<usize>, bool)>,
    start: usize,
    depth: usize,
    declares: bool,
}

impl Cutter {
    fn pass(&mut self, token: &Token, word: &str, language: Language) {
        let is =
            |keyword: &&str| token.kind == TokenKind::Word && word.eq_ignore_ascii_case(keyword);
        match token.kind {
            TokenKind::OpenParen => self.depth += 1,
            TokenKind::CloseParen => self.depth = self.depth.saturating_sub(1),
            _ if self.depth > 0 => {}
            TokenKind::Semicolon => {
                self.cut(token.span.start);
                self.start = token.span.end;
            }
            TokenKind::Word if language == Language::PlPgSql => {
                let leads = ["begin", "declare", "then", "else", "loop"];
                if leads.iter().any(is) {
                    self.declares &= !is(&"begin");
                    self.cut(token.span.end);
                    self.declares |= is(&"declare");
                }
            }
            _ => {}
        }
    }

    fn cut(&mut self, end: usize) {
        if self.start < end {
            self.parts.push((self.start..end, self.declares));
        }
        self.start = end;
    }
}

fn creates_routine(cursor: &mut Cursor<'_>) -> bool {
    let routines = [
        "create function",
        "create procedure",
        "create or replace function",
        "create or replace procedure",
    ];
    cursor.keyword_of(&routines).is_some()
}

/// The language that is named from `cursor` on.
fn language(cursor: &Cursor<'_>) -> Option<Language> {
    let mut ahead = cursor.clone();
    ahead.find("language").then_some(())?;
    let name = ahead.identifier().or_else(|| ahead.string())?;
    Some(match name.to_ascii_lowercase().as_str() {
        "sql" => Language::Sql,
        "plpgsql" => Language::PlPgSql,
        _ => Language::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    /// Each part as written, in the order of the text; those that run when called in brackets, declarations with a colon.
    fn check(text: &str, expected: &[&str]) {
        let statements = split(text).unwrap();
        let mut found: Vec<(usize, String)> = parts(&statements[0])
            .iter()
            .map(|part| {
                let place = part.place(&(0..part.code.text.len()));
                let written = part.code.text.split_whitespace().collect::<Vec<_>>();
                let colon = if part.is_declaration { ": " } else { "" };
                let written = format!("{colon}{}", written.join(" "));
                let called = part.runs() == Runs::WhenCalled;
                let shown = if called {
                    format!("[{written}]")
                } else {
                    written
                };
                (place.start, shown)
            })
            .collect();
        found.sort();
        let found: Vec<String> = found.into_iter().map(|(_, shown)| shown).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_statement_is_its_own_code() {
        check("select 'a; b', $$ c; d $$", &["select 'a; b', $$ c; d $$"]);
        check(
            "create function f() returns int begin atomic select 1; select 2; end",
            &[
                "create function f() returns int begin atomic select 1",
                "select 2",
                "end",
            ],
        );
    }

    #[test]
    fn a_do_block_runs_with_its_statement() {
        check(
            "do $é$declare a int; b t := 1; begin if a then drop table x; else c; end if; end$é$",
            &[
                "do $é$declare a int; b t := 1; begin if a then drop table x; else c; end if; end$é$",
                "declare",
                ": a int",
                ": b t := 1",
                "begin",
                "if a then",
                "drop table x",
                "else",
                "c",
                "end if",
                "end",
            ],
        );
        check(
            "do language sql 'select 1'",
            &["do language sql 'select 1'", "select 1"],
        );
        check("do $$a$$ language plperl", &["do $$a$$ language plperl"]);
    }

    #[test]
    fn a_routines_body_runs_when_called() {
        let head = "create or replace function f(a text default 'as') returns int";
        for (tail, body) in [
            (
                "language sql as $$select 1; select 2$$",
                &["[select 1]", "[select 2]"][..],
            ),
            ("as $$select 1$$ immutable language 'SQL'", &["[select 1]"]),
            ("as 'select ''x''' language \"sql\"", &["[select 'x']"]),
            ("as 'lib', 'symbol' language c", &[]),
        ] {
            let whole = format!("{head} {tail}");
            check(&whole, &[&[whole.as_str()], body].concat());
        }
    }

    #[test]
    fn code_in_code_is_code() {
        check(
            "do $a$begin execute format($b$drop table %I.x$b$, 'y') using 1; end$a$",
            &[
                "do $a$begin execute format($b$drop table %I.x$b$, 'y') using 1; end$a$",
                "begin",
                "execute format($b$drop table %I.x$b$, 'y') using 1",
                "drop table %I.x",
                "y",
                "end",
            ],
        );
        check(
            "do 'begin create procedure p() language sql as $$call q()$$; end'",
            &[
                "do 'begin create procedure p() language sql as $$call q()$$; end'",
                "[call q()]",
                "begin",
                "create procedure p() language sql as $$call q()$$",
                "end",
            ],
        );
    }
}
