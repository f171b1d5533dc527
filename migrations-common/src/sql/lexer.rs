//! A lossless lexer for SQL, as PostgreSQL reads it with `standard_conforming_strings = on`.
//!
//! The rules are those of PostgreSQL's `src/backend/parser/scan.l`, without what is an error to the server in any case:
//! such text still becomes tokens, and the server says what is wrong with it.

use std::iter::FusedIterator;
use std::ops::Range;

/// A piece of SQL text that belongs together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands, in bytes.
    pub span: Range<usize>,
}

/// What a [`Token`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Spaces and line ends, and a byte order mark at the start of the text.
    Whitespace,
    /// From `--` up to, not with, the line end.
    LineComment,
    /// `/* … */`, with the comments nested in it.
    BlockComment,
    /// A keyword or an unquoted identifier.
    Word,
    /// `"…"` or `U&"…"`.
    QuotedIdentifier,
    /// `'…'`, or the same with a prefix: `E`, `U&`, `B`, `X` or `N`.
    String,
    /// `'…'` on a later line than the string before it, which it continues, with the escapes of that string's prefix.
    StringContinued,
    /// `$$…$$` or `$tag$…$tag$`.
    DollarString,
    /// `1`, `1.5e-3`, `0xFF`, `1_000`.
    Number,
    /// `$1`.
    Parameter,
    /// `;`
    Semicolon,
    /// `,`
    Comma,
    /// `.`
    Dot,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// A run of operator characters, or `:`, `::`, `:=`.
    Operator,
    /// One character that begins nothing in SQL.
    Other,
    /// Something that begins here and has no end; it reaches to the end of the text.
    Unterminated(Opened),
}

/// What was begun and not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opened {
    /// `/*` without its `*/`.
    Comment,
    /// `'` without its `'`.
    String,
    /// `"` without its `"`.
    Identifier,
    /// `$tag$` without the second one.
    DollarString,
}

impl TokenKind {
    /// Whether PostgreSQL's grammar sees it: everything but whitespace and comments.
    pub fn is_significant(self) -> bool {
        !matches!(
            self,
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment
        )
    }
}

/// The tokens of `text`, in order. They cover every byte exactly once, whatever the text is.
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens {
        text,
        at: 0,
        string: Continuation::None,
    }
}

/// An iterator over [`Token`]s; see [`tokens`].
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
    string: Continuation,
}

impl<'a> Tokens<'a> {
    /// The tokens of `text` from byte `start` on, where a token begins that continues no string.
    pub(super) fn starting_at(text: &'a str, start: usize) -> Self {
        Tokens {
            at: start,
            ..tokens(text)
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let (kind, length) = match rest.strip_prefix('\u{feff}') {
            Some(after) if self.at == 0 => (TokenKind::Whitespace, rest.len() - after.len()),
            _ => self.string.lex(rest),
        };
        let start = self.at;
        self.at += length;
        Some(Token {
            kind,
            span: start..self.at,
        })
    }
}

impl FusedIterator for Tokens<'_> {}

/// Whether a `'` would continue the string before it: only white space with a line end, and line comments, may stand between.
///
/// It matters because the piece on the next line is read as its first piece was: in `E'a'⏎'b\''` the second backslash escapes.
#[derive(Clone, Copy, Debug)]
enum Continuation {
    None,
    SameLine(Escapes),
    LaterLine(Escapes),
}

/// How the end of a string is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escapes {
    /// B'' and X'': the first quote ends it.
    None,
    /// A doubled quote is one.
    Doubled,
    /// E'': so it is, and a backslash takes away the meaning of what follows.
    Backslash,
}

impl Continuation {
    /// Kind and length of the first token of `rest`, which is not empty.
    fn lex(&mut self, rest: &str) -> (TokenKind, usize) {
        let bytes = rest.as_bytes();
        let (escapes, prefix) = match (*self, bytes) {
            (Continuation::LaterLine(escapes), [b'\'', ..]) => (escapes, 1),
            (_, [b'\'', ..]) => (Escapes::Doubled, 1),
            (_, [b'n' | b'N', b'\'', ..]) => (Escapes::Doubled, 2),
            (_, [b'u' | b'U', b'&', b'\'', ..]) => (Escapes::Doubled, 3),
            (_, [b'e' | b'E', b'\'', ..]) => (Escapes::Backslash, 2),
            (_, [b'b' | b'B' | b'x' | b'X', b'\'', ..]) => (Escapes::None, 2),
            _ => {
                let (kind, length) = lex(rest);
                self.pass(kind, bytes.get(..length).unwrap_or_default());
                return (kind, length);
            }
        };
        let kind = match self {
            Continuation::LaterLine(_) if prefix == 1 => TokenKind::StringContinued,
            _ => TokenKind::String,
        };
        *self = Continuation::SameLine(escapes);
        let end = quoted_end(bytes, prefix, b'\'', escapes);
        closed(end, rest, kind, Opened::String)
    }

    /// Takes note of a token that is no string.
    fn pass(&mut self, kind: TokenKind, token: &[u8]) {
        *self = match (*self, kind) {
            (Continuation::SameLine(escapes), TokenKind::Whitespace)
                if token.iter().any(|b| is_line_end(*b)) =>
            {
                Continuation::LaterLine(escapes)
            }
            (_, TokenKind::Whitespace | TokenKind::LineComment) => *self,
            _ => Continuation::None,
        };
    }
}

/// Kind and length of the first token of `rest`, if it is no string.
fn lex(rest: &str) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    match bytes {
        [b'-', b'-', ..] => (TokenKind::LineComment, run(bytes, |b| !is_line_end(b))),
        [b'/', b'*', ..] => closed(
            block_comment(bytes),
            rest,
            TokenKind::BlockComment,
            Opened::Comment,
        ),
        [b'"', ..] => quoted_identifier(rest, 1),
        [b'u' | b'U', b'&', b'"', ..] => quoted_identifier(rest, 3),
        [b'$', b'0'..=b'9', ..] => (TokenKind::Parameter, 1 + digits(bytes, 1)),
        [b'$', ..] => dollar(rest),
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => (TokenKind::Number, number(bytes)),
        [b':', b':' | b'=', ..] => (TokenKind::Operator, 2),
        [first, ..] => match first {
            b';' => (TokenKind::Semicolon, 1),
            b',' => (TokenKind::Comma, 1),
            b'.' => (TokenKind::Dot, 1),
            b'(' => (TokenKind::OpenParen, 1),
            b')' => (TokenKind::CloseParen, 1),
            b'[' => (TokenKind::OpenBracket, 1),
            b']' => (TokenKind::CloseBracket, 1),
            b':' => (TokenKind::Operator, 1),
            b if is_space(*b) => (TokenKind::Whitespace, run(bytes, is_space)),
            b if is_word_start(*b) => (TokenKind::Word, run(bytes, |b| is_tag(b) || b == b'$')),
            b if is_operator(*b) => (TokenKind::Operator, operator(bytes)),
            _ => (TokenKind::Other, 1),
        },
        [] => (TokenKind::Other, 0),
    }
}

/// A token that ends at `end`, or one that does not end.
fn closed(end: Option<usize>, rest: &str, kind: TokenKind, opened: Opened) -> (TokenKind, usize) {
    match end {
        Some(end) => (kind, end),
        None => (TokenKind::Unterminated(opened), rest.len()),
    }
}

fn quoted_identifier(rest: &str, prefix: usize) -> (TokenKind, usize) {
    closed(
        quoted_end(rest.as_bytes(), prefix, b'"', Escapes::Doubled),
        rest,
        TokenKind::QuotedIdentifier,
        Opened::Identifier,
    )
}

/// The offset after the closing quote of what is quoted from offset `start` on.
fn quoted_end(bytes: &[u8], start: usize, quote: u8, escapes: Escapes) -> Option<usize> {
    let mut rest = bytes.iter().enumerate().skip(start);
    while let Some((at, byte)) = rest.next() {
        if *byte == quote {
            if escapes == Escapes::None || bytes.get(at + 1) != Some(&quote) {
                return Some(at + 1);
            }
            rest.next();
        } else if *byte == b'\\' && escapes == Escapes::Backslash {
            rest.next();
        }
    }
    None
}

/// A counter, not recursion: a file may nest comments as deep as it likes.
fn block_comment(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match bytes.get(at..)? {
            [b'/', b'*', ..] => {
                depth += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Some(at);
                }
            }
            [] => return None,
            _ => at += 1,
        }
    }
}

/// A dollar quote, or else a lone `$`.
fn dollar(rest: &str) -> (TokenKind, usize) {
    let tag = 1 + run(rest.as_bytes().get(1..).unwrap_or_default(), is_tag);
    let Some((delimiter, body)) = rest
        .split_at_checked(tag + 1)
        .filter(|(delimiter, _)| delimiter.ends_with('$'))
    else {
        return (TokenKind::Other, 1);
    };
    closed(
        body.find(delimiter).map(|at| at + 2 * delimiter.len()),
        rest,
        TokenKind::DollarString,
        Opened::DollarString,
    )
}

fn number(bytes: &[u8]) -> usize {
    if let [
        b'0',
        b'x' | b'X' | b'o' | b'O' | b'b' | b'B',
        b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' | b'_',
        ..,
    ] = bytes
    {
        return 2 + run(bytes.get(2..).unwrap_or_default(), |b| {
            b.is_ascii_hexdigit() || b == b'_'
        });
    }
    let mut end = digits(bytes, 0);
    if let Some([b'.', after @ ..]) = bytes.get(end..)
        && after.first() != Some(&b'.')
    {
        end += 1;
        end += digits(bytes, end);
    }
    let sign = match bytes.get(end..) {
        Some([b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..]) => 2,
        Some([b'e' | b'E', b'0'..=b'9', ..]) => 1,
        _ => return end,
    };
    end + sign + digits(bytes, end + sign)
}

/// How many digits, and underscores between them, stand from offset `start` on.
fn digits(bytes: &[u8], start: usize) -> usize {
    run(bytes.get(start..).unwrap_or_default(), |b| {
        b.is_ascii_digit() || b == b'_'
    })
}

/// An operator ends where a comment begins.
fn operator(bytes: &[u8]) -> usize {
    let next = bytes.iter().skip(1).chain([&0]);
    bytes
        .iter()
        .zip(next)
        .position(|pair| match pair {
            (b'-', b'-') | (b'/', b'*') => true,
            (byte, _) => !is_operator(*byte),
        })
        .unwrap_or(bytes.len())
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes
        .iter()
        .position(|b| !belongs(*b))
        .unwrap_or(bytes.len())
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// The vertical tab is white space since PostgreSQL 16, and a syntax error before.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// To PostgreSQL every character outside ASCII is a letter, a no-break space too.
fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

/// What a dollar quote's tag is made of; a word may hold `$` besides.
fn is_tag(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit()
}

fn is_operator(byte: u8) -> bool {
    b"~!@#^&|`?+-*/%<>=".contains(&byte)
}

#[cfg(test)]
mod tests;
