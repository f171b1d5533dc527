//! A reader of one statement's tokens, for those who recognise what it says.

use std::ops::Range;

use super::lexer::{Token, TokenKind, Tokens};
use super::unquote;

/// A place among the significant tokens of a statement. A copy (`clone`) is cheap and looks ahead.
///
/// What has a name of a grammar's piece (`keyword`, `identifier`, `string` …) goes past that piece if it stands here, and stays
/// where it is otherwise. Spans are those of the text that was split.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    text: &'a str,
    tokens: Tokens<'a>,
    next: Option<Token>,
    /// Where the token before `next` ends.
    read: usize,
}

/// A name, of which the schema may be left to `search_path`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The schema, if it is written.
    pub schema: Option<String>,
    /// The name as PostgreSQL stores it.
    pub name: String,
    /// Where both stand.
    pub span: Range<usize>,
}

impl<'a> Cursor<'a> {
    /// A cursor over a part of `text` that begins and ends between two tokens.
    pub(super) fn within(text: &'a str, span: &Range<usize>) -> Self {
        let text = text.get(..span.end).unwrap_or(text);
        let mut cursor = Cursor {
            text,
            tokens: Tokens::starting_at(text, span.start),
            next: None,
            read: span.start,
        };
        cursor.advance();
        cursor
    }

    /// The token that stands here.
    pub fn peek(&self) -> Option<&Token> {
        self.next.as_ref()
    }

    /// Whether all tokens were read.
    pub fn is_at_end(&self) -> bool {
        self.next.is_none()
    }

    /// The token that stands here; goes past it.
    pub fn advance(&mut self) -> Option<Token> {
        let next = self.tokens.find(|token| token.kind.is_significant());
        let token = std::mem::replace(&mut self.next, next)?;
        self.read = token.span.end;
        Some(token)
    }

    /// The text of a token.
    pub fn text_of(&self, token: &Token) -> &'a str {
        self.text.get(token.span.clone()).unwrap_or_default()
    }

    /// A comma, a parenthesis and the like.
    pub fn mark(&mut self, kind: TokenKind) -> bool {
        let stands_here = self.next.as_ref().is_some_and(|token| token.kind == kind);
        if stands_here {
            self.advance();
        }
        stands_here
    }

    /// One or more keywords in a row, such as `"if not exists"`; all of them or none.
    pub fn keyword(&mut self, words: &str) -> bool {
        self.keyword_span(words).is_some()
    }

    /// As [`keyword`](Self::keyword), and says where they stand.
    pub fn keyword_span(&mut self, words: &str) -> Option<Range<usize>> {
        let start = self.peek()?.span.start;
        let mut ahead = self.clone();
        for word in words.split(' ') {
            let token = ahead.peek()?;
            if token.kind != TokenKind::Word || !ahead.text_of(token).eq_ignore_ascii_case(word) {
                return None;
            }
            ahead.advance();
        }
        *self = ahead;
        Some(start..self.read)
    }

    /// The first of `choices` that stands here, each one or more keywords.
    pub fn keyword_of(&mut self, choices: &[&'static str]) -> Option<&'static str> {
        choices.iter().find(|words| self.keyword(words)).copied()
    }

    /// A name as PostgreSQL stores it: folded if it is not quoted, unquoted if it is, and cut to what fits.
    pub fn identifier(&mut self) -> Option<String> {
        self.name_part().map(|(name, _)| name)
    }

    /// `name`, `schema.name` or `database.schema.name`; of the last, PostgreSQL accepts the current database only.
    pub fn qualified_name(&mut self) -> Option<Name> {
        let mut ahead = self.clone();
        let (mut name, mut span) = ahead.name_part()?;
        let mut schema = None;
        while ahead.mark(TokenKind::Dot) {
            let (part, place) = ahead.name_part()?;
            schema = Some(std::mem::replace(&mut name, part));
            span.end = place.end;
        }
        *self = ahead;
        Some(Name { schema, name, span })
    }

    /// The value of a character string constant, however it is quoted, with the pieces that continue it.
    pub fn string(&mut self) -> Option<String> {
        let mut ahead = self.clone();
        let token = ahead.advance()?;
        let first = ahead.text_of(&token);
        let value = match token.kind {
            TokenKind::DollarString => unquote::dollar_string(first),
            TokenKind::String => {
                let mut pieces = vec![first];
                while let Some(piece) = ahead.continued() {
                    pieces.push(piece);
                }
                let escape = ahead.uescape(first)?;
                unquote::string(&pieces, escape)
            }
            _ => None,
        }?;
        *self = ahead;
        Some(value)
    }

    /// Goes on to where `words` stand outside parentheses and brackets, and past them; or to the end.
    pub fn find(&mut self, words: &str) -> bool {
        let mut depth = 0_usize;
        while let Some(token) = self.peek() {
            depth = nested(depth, token.kind);
            if depth == 0 && self.keyword(words) {
                return true;
            }
            self.advance();
        }
        false
    }

    /// What stands between here and the end, cut at the commas outside parentheses and brackets.
    pub fn list(&self) -> Vec<Cursor<'a>> {
        let mut items = Vec::new();
        let mut ahead = self.clone();
        let Some(mut start) = ahead.peek().map(|token| token.span.start) else {
            return items;
        };
        let mut depth = 0_usize;
        while let Some(token) = ahead.advance() {
            depth = nested(depth, token.kind);
            if depth == 0 && token.kind == TokenKind::Comma {
                items.push(Cursor::within(self.text, &(start..token.span.start)));
                start = token.span.end;
            }
        }
        items.push(Cursor::within(self.text, &(start..self.text.len())));
        items
    }

    fn name_part(&mut self) -> Option<(String, Range<usize>)> {
        let mut ahead = self.clone();
        let token = ahead.advance()?;
        let written = ahead.text_of(&token);
        let name = match token.kind {
            TokenKind::Word => unquote::word(written),
            TokenKind::QuotedIdentifier => {
                let escape = ahead.uescape(written)?;
                unquote::quoted_identifier(written, escape)?
            }
            _ => return None,
        };
        *self = ahead;
        Some((name, token.span.start..self.read))
    }

    fn continued(&mut self) -> Option<&'a str> {
        let piece = self.text_of(self.peek()?);
        self.mark(TokenKind::StringContinued).then_some(piece)
    }

    /// The escape character of what is quoted as `first` is: `\` unless `UESCAPE 'c'` follows.
    fn uescape(&mut self, first: &str) -> Option<char> {
        if !unquote::has_unicode_escapes(first) || !self.keyword("uescape") {
            return Some('\\');
        }
        let token = self.advance()?;
        unquote::escape_character(self.text_of(&token))
    }
}

fn nested(depth: usize, next: TokenKind) -> usize {
    match next {
        TokenKind::OpenParen | TokenKind::OpenBracket => depth + 1,
        TokenKind::CloseParen | TokenKind::CloseBracket => depth.saturating_sub(1),
        _ => depth,
    }
}
