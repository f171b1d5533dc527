//! The line comments of a text.

use std::ops::Range;

use super::lexer::{Token, TokenKind, tokens};

/// A comment that reaches to the end of its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment<'a> {
    /// What stands after the `--`, with its spaces, without the line end.
    pub content: &'a str,
    /// From the `--` to the line end.
    pub span: Range<usize>,
}

/// The line comments that stand before the first statement. Block comments may stand among them.
pub fn header_comments(text: &str) -> impl Iterator<Item = Comment<'_>> {
    tokens(text)
        .take_while(|token| !token.kind.is_significant())
        .filter_map(|token| comment(text, token))
}

/// All line comments. What looks like one inside a string, a routine's body in quotes or a block comment is none.
pub fn comments(text: &str) -> impl Iterator<Item = Comment<'_>> {
    tokens(text).filter_map(|token| comment(text, token))
}

fn comment(text: &str, token: Token) -> Option<Comment<'_>> {
    let span = Some(token.span).filter(|_| token.kind == TokenKind::LineComment)?;
    let content = text.get(span.clone())?.strip_prefix("--")?;
    Some(Comment { content, span })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, header: &[&str], all: &[&str]) {
        let content = |comment: Comment<'_>| {
            assert_eq!(text[comment.span.clone()], format!("--{}", comment.content));
            comment.content.to_owned()
        };
        assert_eq!(
            header_comments(text).map(content).collect::<Vec<_>>(),
            header,
            "{text}"
        );
        assert_eq!(
            comments(text).map(content).collect::<Vec<_>>(),
            all,
            "{text}"
        );
    }

    #[test]
    fn the_header_ends_where_the_first_statement_begins() {
        check("", &[], &[]);
        check(
            "-- a\r\n--b\n\nselect 1; -- c",
            &[" a", "b"],
            &[" a", "b", " c"],
        );
        check(
            "\u{feff}-- a\n/* -- no */ --b\nselect 1",
            &[" a", "b"],
            &[" a", "b"],
        );
        check("select 1 -- a\n;--b", &[], &[" a", "b"]);
        check("; -- a", &[], &[" a"]);
        check("-- only", &[" only"], &[" only"]);
    }

    #[test]
    fn what_is_quoted_is_no_comment() {
        check("select '-- a', \"-- b\", $$\n-- c\n$$ -- d", &[], &[" d"]);
        check("/* /* */ -- a\n */ -- b", &[" b"], &[" b"]);
    }
}
