//! SQL text to statements.

use std::fmt;
use std::ops::Range;

use super::cursor::Cursor;
use super::lexer::{Opened, Token, TokenKind, Tokens, tokens};

/// One statement of a text.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    whole: &'a str,
    /// From its first to its last significant token, without the `;`, in bytes of the text that was split.
    pub span: Range<usize>,
}

impl<'a> Statement<'a> {
    /// The statement as it is written, without the `;`.
    pub fn text(&self) -> &'a str {
        self.whole.get(self.span.clone()).unwrap_or_default()
    }

    /// A reader at the statement's first token. What it yields has its place in the text that was split.
    pub fn cursor(&self) -> Cursor<'a> {
        Cursor::within(self.whole, &self.span)
    }

    /// The statement's tokens but whitespace and comments.
    pub fn tokens(&self) -> impl Iterator<Item = Token> + use<'a> {
        let text = self.whole.get(..self.span.end).unwrap_or(self.whole);
        Tokens::starting_at(text, self.span.start).filter(|token| token.kind.is_significant())
    }
}

/// Something that begins and does not end, so that nobody can say where the statement ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unterminated {
    /// What it is.
    pub what: Opened,
    /// The byte at which it begins.
    pub start: usize,
}

impl fmt::Display for Unterminated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.what {
            Opened::Comment => "the comment that begins here has no `*/`",
            Opened::String => "the string that begins here has no closing `'`",
            Opened::Identifier => "the quoted name that begins here has no closing `\"`",
            Opened::DollarString => "the dollar-quoted string that begins here is not closed",
        })
    }
}

impl std::error::Error for Unterminated {}

/// The statements of `text`, in order. Those without a token, such as between `;;`, are no statements.
///
/// A `;` ends a statement unless it stands in parentheses or in the body of a routine (`BEGIN ATOMIC … END`), where the
/// server's grammar decides. psql (`src/fe_utils/psqlscan.l`) counts the words BEGIN, CASE and END instead, and so takes
/// a column that is named or labelled with one of them for the word itself; in all else the two agree.
pub fn split(text: &str) -> Result<Vec<Statement<'_>>, Unterminated> {
    let mut statements = Vec::new();
    let mut span: Option<Range<usize>> = None;
    let mut nesting = Nesting::default();
    for token in tokens(text) {
        match token.kind {
            TokenKind::Unterminated(what) => {
                let start = token.span.start;
                return Err(Unterminated { what, start });
            }
            kind if !kind.is_significant() => {}
            TokenKind::Semicolon if nesting.is_outermost() => {
                statements.extend(span.take().map(|span| Statement { whole: text, span }));
                nesting = Nesting::default();
            }
            _ => {
                span = Some(span.map_or(token.span.start, |span| span.start)..token.span.end);
                nesting.pass(token.kind, text.get(token.span).unwrap_or_default());
            }
        }
    }
    statements.extend(span.map(|span| Statement { whole: text, span }));
    Ok(statements)
}

/// What a place in a statement is nested in.
///
/// A routine's body is `BEGIN ATOMIC statement; statement; … END` (`routine_body_stmt_list` in PostgreSQL's
/// `src/backend/parser/gram.y`): the END that closes it stands after a `;` or after ATOMIC itself. No other END does:
/// that of a CASE follows an expression, and the statement END is not in the grammar there.
#[derive(Debug, Default)]
struct Nesting {
    parentheses: usize,
    bodies: usize,
    head: Head,
    last: Last,
}

/// How much of `CREATE [OR REPLACE] {FUNCTION | PROCEDURE}` was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Head {
    #[default]
    Nothing,
    Create,
    CreateOr,
    CreateOrReplace,
    Routine,
    NoRoutine,
}

/// The token before, as far as it matters to a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Last {
    #[default]
    Other,
    Begin,
    /// ATOMIC after BEGIN, or a `;`.
    BodyStatementEnd,
}

impl Nesting {
    fn is_outermost(&self) -> bool {
        self.parentheses == 0 && self.bodies == 0
    }

    /// Takes note of a significant token.
    fn pass(&mut self, kind: TokenKind, token: &str) {
        let is = |keyword: &str| kind == TokenKind::Word && token.eq_ignore_ascii_case(keyword);
        self.head = match self.head {
            Head::Nothing if is("create") => Head::Create,
            Head::Create if is("or") => Head::CreateOr,
            Head::CreateOr if is("replace") => Head::CreateOrReplace,
            Head::Create | Head::CreateOrReplace if is("function") || is("procedure") => {
                Head::Routine
            }
            Head::Routine => Head::Routine,
            _ => Head::NoRoutine,
        };
        match kind {
            TokenKind::OpenParen => self.parentheses += 1,
            // A `)` too many is for the server to report.
            TokenKind::CloseParen => self.parentheses = self.parentheses.saturating_sub(1),
            _ => {}
        }
        if self.head != Head::Routine || self.parentheses > 0 {
            return;
        }
        self.last = match self.last {
            Last::Begin if is("atomic") => {
                self.bodies += 1;
                Last::BodyStatementEnd
            }
            Last::BodyStatementEnd if is("end") => {
                self.bodies = self.bodies.saturating_sub(1);
                Last::Other
            }
            _ if kind == TokenKind::Semicolon => Last::BodyStatementEnd,
            _ if is("begin") => Last::Begin,
            _ => Last::Other,
        };
    }
}

#[cfg(test)]
mod tests;
