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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    fn cursor(text: &str) -> Cursor<'_> {
        split(text).unwrap()[0].cursor()
    }

    #[track_caller]
    fn check_identifier(written: &str, expected: Option<&str>) {
        assert_eq!(
            cursor(written).identifier().as_deref(),
            expected,
            "{written}"
        );
    }

    #[track_caller]
    fn check_string(written: &str, expected: Option<&str>) {
        assert_eq!(cursor(written).string().as_deref(), expected, "{written}");
    }

    #[test]
    fn a_keyword_phrase_stands_here_as_a_whole_or_not_at_all() {
        let mut cursor = cursor("IF not /* a */ EXISTS \"if\"");
        assert!(!cursor.keyword("if exists"));
        assert_eq!(cursor.keyword_span("if not exists"), Some(0..21));
        assert!(!cursor.keyword("if"), "a quoted name is no keyword");
        assert_eq!(cursor.identifier().as_deref(), Some("if"));
        assert!(cursor.is_at_end() && !cursor.keyword("if"));
    }

    #[test]
    fn identifiers_are_folded_as_the_server_folds_them() {
        check_identifier("Users", Some("users"));
        check_identifier("ÄÖ_X$1", Some("ÄÖ_x$1"));
        check_identifier("\"Us\"\"ers\"", Some("Us\"ers"));
        check_identifier("\"\"", None);
        check_identifier("'a'", None);
        check_identifier("1", None);
    }

    #[test]
    fn identifiers_are_cut_to_63_bytes_between_characters() {
        let long = "a".repeat(70);
        check_identifier(&long, Some(&long[..63]));
        let wide = format!("\"{}\"", "é".repeat(40));
        check_identifier(&wide, Some(&"é".repeat(31)));
    }

    #[test]
    fn identifiers_may_hold_unicode_escapes() {
        check_identifier(r#"U&"d\0061t\+000061""#, Some("data"));
        check_identifier(r#"u&"a\\b""c""#, Some(r#"a\b"c"#));
        check_identifier(r#"U&"d!0061ta" UESCAPE '!'"#, Some("data"));
        check_identifier(r#"U&"\D834\DD1E""#, Some("𝄞"));
        check_identifier(r#"U&"\D834x""#, None);
        check_identifier(r#"U&"\00g0""#, None);
        check_identifier(r#"U&"\0000""#, None);
        check_identifier(r#"U&"a" uescape 'f'"#, None);
        check_identifier(r#""d\0061""#, Some(r"d\0061"));
    }

    #[test]
    fn a_name_may_have_a_schema() {
        let name = |text| cursor(text).qualified_name();
        let written = "a . \"B\" (c)";
        let found = name(written).unwrap();
        assert_eq!(
            (found.schema.as_deref(), found.name.as_str()),
            (Some("a"), "B")
        );
        assert_eq!(&written[found.span], "a . \"B\"");
        let found = name("d.s.t").unwrap();
        assert_eq!(
            (found.schema.as_deref(), found.name.as_str()),
            (Some("s"), "t")
        );
        let found = name("U&\"!0061\" uescape '!' x").unwrap();
        assert_eq!(
            (found.schema, found.name.as_str(), found.span),
            (None, "a", 0..21)
        );
        assert_eq!(name("a."), None);
        assert_eq!(name(".a"), None);
    }

    #[test]
    fn strings_mean_what_the_server_reads() {
        check_string("'it''s'", Some("it's"));
        check_string(r"'a\n'", Some(r"a\n"));
        check_string(r"E'\u0061\U00000062\x63\144\q\n'''", Some("abcdq\n'"));
        check_string(r"E'\'\\'", Some(r"'\"));
        check_string(r"E'\xc3\xa9'", Some("é"));
        check_string(r"E'\xc3'", None);
        check_string(r"E'\0'", None);
        check_string(r"E'\ud834\udd1e'", Some("𝄞"));
        check_string(r"E'\u00'", None);
        check_string("E'a' -- b\n'c\\'d'", Some("ac'd"));
        check_string("U&'\\0061\\00'\n'62'", Some("ab"));
        check_string("U&'x!0061' uescape '!'", Some("xa"));
        check_string("$$it's$$", Some("it's"));
        check_string("$a$$$\n$a$", Some("$$\n"));
        check_string("''", Some(""));
        check_string("B'01'", None);
        check_string("a", None);
    }

    #[test]
    fn a_list_is_cut_at_its_own_commas() {
        let mut start = cursor("x a, b (c, d) [e, f], (g");
        start.keyword("x");
        let firsts: Vec<_> = start.list().iter_mut().map(Cursor::identifier).collect();
        assert_eq!(firsts, [Some("a".to_owned()), Some("b".to_owned()), None]);
        assert_eq!(cursor("x").list().len(), 1);
    }

    #[test]
    fn find_does_not_look_into_parentheses() {
        let mut found = cursor("a (not valid) [not valid] not valid b");
        assert!(found.find("not valid"));
        assert_eq!(found.identifier().as_deref(), Some("b"));
        assert!(!cursor("a (not valid)").find("not valid"));
    }
}
