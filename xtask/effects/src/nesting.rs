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
mod tests;
