//! Statements that are nested too deeply to be read.
//!
//! The parser, the walks over its trees and the drop of a tree are recursive; a text made for it would overflow any stack. So a
//! text is scanned first, without recursion, and without knowing the grammar: nothing nests deeper than there are tokens before
//! it that no comma and no bracket sets apart. That is more than the true depth, and never less.

use std::ops::Range;

use squawk_lexer::{LiteralKind, TokenKind, tokenize};

/// As many tokens may stand in one another. Measured with fifty constructs, the parser and the drop of its tree take at most
/// 0.7 KB of stack for a token, which becomes at most three nodes. Of the 256 MB that there are, that leaves 29 KB a node for
/// what walks the tree in a debug build.
pub(crate) const DEEPEST: usize = 3000;

/// The bytes of the statements of `text` that are nested deeper than [`DEEPEST`], without their semicolons.
pub(crate) fn too_deep(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut scan = Scan::new(0);
    let mut statement = Statement::default();
    for (kind, range) in tokens(text) {
        if kind == TokenKind::Semi && scan.frames.len() == 1 {
            let statement = std::mem::take(&mut statement);
            found.extend(statement.range.filter(|_| statement.too_deep));
            scan = Scan::new(0);
            continue;
        }
        let word = text.get(range.clone()).unwrap_or_default();
        if kind == TokenKind::Ident {
            statement.routine |= is_one_of(word, &["function", "procedure"])
                || (statement.range.is_none() && is_one_of(word, &["do"]));
        }
        let start = (statement.range.take()).map_or(range.start, |before| before.start);
        statement.range = Some(start..range.end);
        scan.token(kind, word);
        if statement.routine {
            scan.string(kind, word);
        }
        statement.too_deep |= scan.depth + scan.strings > DEEPEST;
    }
    found.extend(statement.range.filter(|_| statement.too_deep));
    found
}

/// `text` with blanks in place of `ranges`: every other byte keeps its place.
pub(crate) fn without(text: &str, ranges: &[Range<usize>]) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        kept.push_str(text.get(at..range.start).unwrap_or_default());
        kept.extend(std::iter::repeat_n(' ', range.len()));
        at = range.end;
    }
    kept.push_str(text.get(at..).unwrap_or_default());
    kept
}

/// A part of a text that something encloses.
struct Frame {
    /// What ends it.
    end: End,
    /// Tokens since the last comma, with a closed bracket as one.
    run: usize,
    /// Words that go on after a comma: `select a, b union select c, d union …`.
    kept: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing: the file, or a body.
    Text,
    /// `)`, `]` or `}`.
    Bracket,
    /// `end`.
    Word,
}

struct Scan<'a> {
    frames: Vec<Frame>,
    /// The sum of all frames' tokens.
    depth: usize,
    /// How many of the frames are brackets.
    brackets: usize,
    /// How many strings surround the text, as bodies.
    level: usize,
    /// The depth of the statement's strings, which may go on in each other.
    strings: usize,
    /// Whether a string's escapes may be any character.
    escapes: bool,
    /// The word before, if it was one.
    before: &'a str,
}

/// Bodies in bodies are read no deeper than this.
const MOST_BODIES: usize = 8;

/// One statement, as far as it was scanned.
#[derive(Default)]
struct Statement {
    /// From its first token to its last one.
    range: Option<Range<usize>>,
    /// It makes a routine or runs a block: its strings are read as bodies.
    routine: bool,
    too_deep: bool,
}

/// How deep a body is nested at most.
fn depth_within(body: &str, level: usize) -> usize {
    if level > MOST_BODIES {
        return body.len();
    }
    let mut scan = Scan::new(level);
    let mut most = 0;
    for (kind, range) in tokens(body) {
        let word = body.get(range).unwrap_or_default();
        if kind == TokenKind::Semi && scan.frames.len() == 1 {
            scan = Scan::new(level);
        } else {
            scan.token(kind, word);
            scan.string(kind, word);
        }
        most = most.max(scan.depth + scan.strings);
    }
    most
}

/// What stands between `$tag$` and `$tag$`.
fn dollar_quoted(string: &str) -> &str {
    let inner = string
        .strip_prefix('$')
        .and_then(|rest| rest.split_once('$'));
    inner.map_or("", |(_, rest)| rest)
}

/// What stands between quotes.
fn quoted(string: &str) -> String {
    let inner = string.split_once('\'').map_or("", |(_, rest)| rest);
    inner.strip_suffix('\'').unwrap_or(inner).replace("''", "'")
}

/// The tokens of `text`, without blanks and comments.
fn tokens(text: &str) -> impl Iterator<Item = (TokenKind, Range<usize>)> {
    let mut at = 0;
    tokenize(text).filter_map(move |token| {
        let start = at;
        at += usize::try_from(token.len).ok()?;
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } => None,
            kind => Some((kind, start..at)),
        }
    })
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|it| word.eq_ignore_ascii_case(it))
}

impl<'a> Scan<'a> {
    fn new(level: usize) -> Self {
        let mut scan = Scan {
            frames: Vec::new(),
            depth: 0,
            brackets: 0,
            level,
            strings: 0,
            escapes: false,
            before: "",
        };
        scan.open(End::Text);
        scan
    }

    /// Goes one token on.
    fn token(&mut self, kind: TokenKind, word: &'a str) {
        let block = self.opens_block(kind, word);
        if kind == TokenKind::Semi {
            (self.strings, self.escapes) = (0, false);
        }
        self.before = match kind {
            TokenKind::Ident => word,
            _ => "",
        };
        match kind {
            TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenCurly => {
                self.count();
                self.brackets += 1;
                self.open(End::Bracket);
            }
            TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseCurly => {
                self.close_bracket();
            }
            TokenKind::Comma | TokenKind::Semi => self.separate(),
            TokenKind::Ident if is_one_of(word, &["union", "intersect", "except"]) => self.keep(),
            TokenKind::Ident if is_one_of(word, &["end"]) => self.close_block(),
            _ => {
                self.count();
                if block {
                    self.open(End::Word);
                }
            }
        }
    }

    /// Looks into a string, which may be a body.
    fn string(&mut self, kind: TokenKind, string: &str) {
        let TokenKind::Literal { kind } = kind else {
            return;
        };
        self.escapes |= matches!(kind, LiteralKind::UnicodeEscStr { .. });
        let level = self.level + 1;
        self.strings += match kind {
            LiteralKind::DollarQuotedString { .. } => depth_within(dollar_quoted(string), level),
            LiteralKind::Int { .. } | LiteralKind::Numeric { .. } => 0,
            // An escape may be a bracket.
            _ if self.escapes || string.contains('\\') => string.len(),
            _ => depth_within(&quoted(string), level),
        };
    }

    /// Whether the token opens a block that END closes.
    fn opens_block(&self, kind: TokenKind, word: &str) -> bool {
        let (is, after) = (
            |words| is_one_of(word, words),
            |words| is_one_of(self.before, words),
        );
        let body = self.level > 0;
        kind == TokenKind::Ident
            && !after(&["end"])
            && (is(&["case"])
                || (is(&["atomic"]) && after(&["begin"]))
                || (body && (is(&["begin", "loop"]) || (is(&["if"]) && !after(BEFORE_A_NAME)))))
    }

    fn count(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.run += 1;
            self.depth += 1;
        }
    }

    fn keep(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.kept += 1;
            self.depth += 1;
        }
    }

    fn separate(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            self.depth -= std::mem::take(&mut frame.run);
        }
    }

    fn open(&mut self, end: End) {
        self.frames.push(Frame {
            end,
            run: 0,
            kept: 0,
        });
    }

    /// Closes the innermost bracket and the blocks that were left open in it.
    fn close_bracket(&mut self) {
        if self.brackets == 0 {
            return self.count();
        }
        self.brackets -= 1;
        while self.close().is_some_and(|end| end != End::Bracket) {}
    }

    /// END closes a block within the same bracket; else it is a word like others.
    fn close_block(&mut self) {
        match self.frames.last() {
            Some(frame) if frame.end == End::Word => {
                self.close();
            }
            _ => self.count(),
        }
    }

    fn close(&mut self) -> Option<End> {
        let frame = self.frames.pop()?;
        self.depth -= frame.run + frame.kept;
        Some(frame.end)
    }
}

/// Words before an IF that opens no block: `drop table if exists`.
const BEFORE_A_NAME: &[&str] = &[
    "add",
    "aggregate",
    "attribute",
    "cast",
    "class",
    "collation",
    "column",
    "concurrently",
    "configuration",
    "constraint",
    "conversion",
    "database",
    "dictionary",
    "domain",
    "drop",
    "expression",
    "extension",
    "family",
    "function",
    "identity",
    "index",
    "language",
    "mapping",
    "method",
    "operator",
    "parser",
    "policy",
    "procedure",
    "publication",
    "role",
    "routine",
    "rule",
    "schema",
    "sequence",
    "server",
    "statistics",
    "subscription",
    "table",
    "tablespace",
    "template",
    "trigger",
    "type",
    "user",
    "value",
    "view",
    "wrapper",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Object, Surroundings, read};

    /// What repeats, behind what it begins with.
    const NESTS: &[(&str, &str)] = &[
        ("", "("),
        ("select ", "("),
        ("select ", "["),
        ("select ", "array["),
        ("select ", "not "),
        ("select ", "- "),
        ("select ", "@ "),
        ("select 1", "+1"),
        ("select 1", " or 1"),
        ("select a", "->b"),
        ("select a", ".b"),
        ("select a", "[1]"),
        ("select a", "::a"),
        ("select a ", "collate b "),
        ("select a ", "is null "),
        ("select ", "f("),
        ("select ", "case when "),
        ("select ", "case a when b then "),
        ("select ", "(select "),
        ("select ", "exists (select 1, "),
        ("select * from ", "(select * from ("),
        ("select * from a", " cross join b"),
        ("select * from a", " join b"),
        ("select 1, 2", " union select 1, 2"),
        ("with a as ", "(with a as "),
        ("alter table t add a int", "[]"),
        ("create table t (a int ", "check ("),
        ("create policy p on t using (", "("),
        ("", "explain "),
        ("", "create function f() begin atomic select 1; "),
        ("", "create schema s "),
        ("do $$ begin select ", "("),
        ("do $$ begin ", "if a then "),
        ("do $$ begin ", "begin b(); "),
        ("do $$ begin ", "for a in 1 .. 2 loop "),
        ("create function f() language sql as $$ select ", "f("),
    ];

    fn read_here(sql: &str) -> crate::Script {
        let search_path = vec!["public".to_owned()];
        let placeholders = false;
        read(
            sql,
            &Surroundings {
                search_path,
                placeholders,
            },
        )
    }

    #[test]
    fn a_statement_beyond_the_cap_is_unknown_and_the_others_are_read() {
        for (begin, nest) in NESTS {
            let deep = format!("{begin}{}", nest.repeat((1 << 20) / nest.len()));
            let sql = format!("drop table before; {}", deep.trim_end());
            let script = read_here(&sql);
            let [before, unread] = &*script.effects else {
                panic!("{begin}{nest}: {} effects", script.effects.len());
            };
            assert!(matches!(&before.object, Object::Relation(name) if name.name == "before"));
            let why = "it is nested deeper than 3000";
            assert!(
                matches!(&unread.action, Action::Unknown { why: it } if it == why),
                "{unread}"
            );
            assert_eq!(unread.span, 19..sql.len(), "{nest}");
            assert_eq!((before.statement, unread.statement), (0, 1));
        }
    }

    #[test]
    fn what_follows_a_statement_beyond_the_cap_is_read() {
        let deep = format!("select 1{};\n", "+1".repeat(DEEPEST));
        let script = read_here(&format!("{deep} drop table behind"));
        let found: Vec<String> = script.effects.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "unknown, it is nested deeper than 3000: anything",
                "drop behind"
            ]
        );
        let [first, second] = &*script.statements else {
            panic!("{:?}", script.statements);
        };
        assert_eq!(*first, 0..deep.len() - 2);
        assert_eq!(*second, deep.len() + 1..deep.len() + 18);
    }

    #[test]
    fn a_statement_at_the_cap_is_read() {
        for (begin, nest) in NESTS {
            let text = |count| format!("{begin}{}", nest.repeat(count));
            let counts = [2900, 1450, 960, 720, 480, 360];
            let most = counts
                .into_iter()
                .find(|count| too_deep(&text(*count)).is_empty());
            let text = text(most.unwrap_or_default());
            assert!(most.is_some(), "{nest}");
            read_here(&text);
        }
    }

    #[test]
    fn long_lists_are_flat() {
        for flat in [
            format!(
                "insert into t values {}(1, 'a')",
                "(1, (2 + 3) * 4, f('b', c)),\n".repeat(9000)
            ),
            format!("select {} 1", "case when a then b end, ".repeat(9000)),
            format!("{} select 1", "begin; if; end; commit;".repeat(9000)),
            format!("select '{}'", "(".repeat(9000)),
            format!("select $a${}$a$ -- {}", "(".repeat(9000), "(".repeat(9000)),
            format!("/* {} */ select 1", "(".repeat(9000)),
            format!("select \"{}\"", "(".repeat(9000)),
            format!(
                "do $$ begin {} end $$",
                "if a then drop table if exists t; loop b(); end loop; end if; ".repeat(9000)
            ),
        ] {
            assert_eq!(
                too_deep(&flat),
                [],
                "{}",
                flat.get(..60).unwrap_or_default()
            );
        }
    }

    #[test]
    fn bodies_in_strings_count() {
        let nest = "(".repeat(DEEPEST);
        for body in [
            format!("$$ select {nest} $$"),
            format!("$a$ select 1; select {nest} $a$"),
            format!("'select {nest}'"),
            format!("'select ''--'' {nest}'"),
            format!("$$ begin execute 'select {nest}'; end $$"),
            format!(
                "$$ begin execute $a$ do $b$ begin execute 'select ''--'' {nest}'; end $b$ $a$; end $$"
            ),
            format!("E'select -- \\n{nest}'"),
            format!("U&'select !0028{nest}' uescape '!'"),
            format!("$$ begin {} $$", "if a then ".repeat(DEEPEST)),
            format!("$$ begin {} $$", "x; begin ".repeat(DEEPEST)),
        ] {
            let create = format!("create function f() returns int language sql as {body}");
            assert_eq!(
                too_deep(&create),
                vec![0..create.len()],
                "{}",
                &create[..80]
            );
            assert_eq!(too_deep(&format!("do {body}")).len(), 1);
            let comment = format!("comment on table t is {body}");
            assert_eq!(too_deep(&comment), [], "{}", &comment[..80]);
        }
    }
}
