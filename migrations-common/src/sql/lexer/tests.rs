//! The lexer's rules, one table each.

use proptest::prelude::*;

use super::TokenKind::{
    BlockComment, CloseBracket, CloseParen, Comma, DollarString, Dot, LineComment, Number,
    OpenBracket, OpenParen, Operator, Other, Parameter, QuotedIdentifier, Semicolon, String,
    StringContinued, Unterminated, Whitespace, Word,
};
use super::*;

/// `expected` lists the tokens but single spaces, as `Kind text`.
#[track_caller]
fn check(text: &str, expected: &[(TokenKind, &str)]) {
    let found: Vec<(TokenKind, &str)> = tokens(text)
        .map(|token| (token.kind, &text[token.span]))
        .filter(|token| *token != (Whitespace, " "))
        .collect();
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn a_statement_is_words_and_marks() {
    check(
        "SELECT a.b, (c[1])::int;",
        &[
            (Word, "SELECT"),
            (Word, "a"),
            (Dot, "."),
            (Word, "b"),
            (Comma, ","),
            (OpenParen, "("),
            (Word, "c"),
            (OpenBracket, "["),
            (Number, "1"),
            (CloseBracket, "]"),
            (CloseParen, ")"),
            (Operator, "::"),
            (Word, "int"),
            (Semicolon, ";"),
        ],
    );
}

#[test]
fn words_may_hold_dollars_and_any_letter() {
    check("größe", &[(Word, "größe")]);
    check("_a1$b$", &[(Word, "_a1$b$")]);
    check("a\u{a0}b", &[(Word, "a\u{a0}b")]);
    check("u&b", &[(Word, "u"), (Operator, "&"), (Word, "b")]);
    check("e e1", &[(Word, "e"), (Word, "e1")]);
}

#[test]
fn a_byte_order_mark_is_white_space_at_the_start_alone() {
    check("\u{feff}a", &[(Whitespace, "\u{feff}"), (Word, "a")]);
    check("a \u{feff}b", &[(Word, "a"), (Word, "\u{feff}b")]);
}

#[test]
fn comments_end_at_their_line_or_nest() {
    check(
        "-- a;'\nb",
        &[(LineComment, "-- a;'"), (Whitespace, "\n"), (Word, "b")],
    );
    check("--a\r\n", &[(LineComment, "--a"), (Whitespace, "\r\n")]);
    check(
        "--a\rb",
        &[(LineComment, "--a"), (Whitespace, "\r"), (Word, "b")],
    );
    check(
        "/* a /* ; */ ' */b",
        &[(BlockComment, "/* a /* ; */ ' */"), (Word, "b")],
    );
    check("/*/ */b", &[(BlockComment, "/*/ */"), (Word, "b")]);
    check("/***/b", &[(BlockComment, "/***/"), (Word, "b")]);
    check("/*/**/*/b", &[(BlockComment, "/*/**/*/"), (Word, "b")]);
    check(
        "a /* /* */",
        &[(Word, "a"), (Unterminated(Opened::Comment), "/* /* */")],
    );
}

#[test]
fn an_operator_ends_where_a_comment_begins() {
    check(
        "a+--b",
        &[(Word, "a"), (Operator, "+"), (LineComment, "--b")],
    );
    check(
        "a*/*b*/c",
        &[
            (Word, "a"),
            (Operator, "*"),
            (BlockComment, "/*b*/"),
            (Word, "c"),
        ],
    );
    check(
        "a->>'b'",
        &[(Word, "a"), (Operator, "->>"), (String, "'b'")],
    );
    check("a:=b", &[(Word, "a"), (Operator, ":="), (Word, "b")]);
    check(
        "a[:b]",
        &[
            (Word, "a"),
            (OpenBracket, "["),
            (Operator, ":"),
            (Word, "b"),
            (CloseBracket, "]"),
        ],
    );
}

#[test]
fn strings_end_at_a_quote_that_is_not_doubled() {
    check("'it''s' a", &[(String, "'it''s'"), (Word, "a")]);
    check("'' a", &[(String, "''"), (Word, "a")]);
    check(r"'a\' b", &[(String, r"'a\'"), (Word, "b")]);
    check("'a\n;b'", &[(String, "'a\n;b'")]);
    check("n'a' N'b'", &[(String, "n'a'"), (String, "N'b'")]);
    check(r"U&'\0027' a", &[(String, r"U&'\0027'"), (Word, "a")]);
    check("'a", &[(Unterminated(Opened::String), "'a")]);
    check("'a''", &[(Unterminated(Opened::String), "'a''")]);
}

#[test]
fn a_backslash_escapes_after_e_alone() {
    check(r"E'a\'b' c", &[(String, r"E'a\'b'"), (Word, "c")]);
    check(r"e'a\\' b", &[(String, r"e'a\\'"), (Word, "b")]);
    check(r"e'a''\'' b", &[(String, r"e'a''\''"), (Word, "b")]);
    check(r"E'a\'", &[(Unterminated(Opened::String), r"E'a\'")]);
    check(r"E'\", &[(Unterminated(Opened::String), r"E'\")]);
    check(
        r"fooe'a\' b",
        &[(Word, "fooe"), (String, r"'a\'"), (Word, "b")],
    );
}

#[test]
fn bits_know_no_doubled_quote() {
    check(
        "B'01''0' a",
        &[(String, "B'01'"), (String, "'0'"), (Word, "a")],
    );
    check("x'1F'", &[(String, "x'1F'")]);
}

#[test]
fn a_string_goes_on_in_a_later_line_as_it_began() {
    let new_line = (Whitespace, "\n");
    check(
        r"E'a'
'b\'c'",
        &[(String, "E'a'"), new_line, (StringContinued, r"'b\'c'")],
    );
    check(
        r"E'a' -- d
'b\'' '\'",
        &[
            (String, "E'a'"),
            (LineComment, "-- d"),
            new_line,
            (StringContinued, r"'b\''"),
            (String, r"'\'"),
        ],
    );
    check(
        "'a'\n'b'\n'c'",
        &[
            (String, "'a'"),
            new_line,
            (StringContinued, "'b'"),
            new_line,
            (StringContinued, "'c'"),
        ],
    );
    check(r"E'a' '\'", &[(String, "E'a'"), (String, r"'\'")]);
    check(
        "E'a' /*\n*/\n'\\'",
        &[
            (String, "E'a'"),
            (BlockComment, "/*\n*/"),
            new_line,
            (String, r"'\'"),
        ],
    );
    check(
        "E'a',\n'\\'",
        &[(String, "E'a'"), (Comma, ","), new_line, (String, r"'\'")],
    );
    check(
        "'a'\n'b",
        &[
            (String, "'a'"),
            new_line,
            (Unterminated(Opened::String), "'b"),
        ],
    );
}

#[test]
fn quoted_identifiers_end_at_a_quote_that_is_not_doubled() {
    check(
        "\"a\"\"b;\" c",
        &[(QuotedIdentifier, "\"a\"\"b;\""), (Word, "c")],
    );
    check(r#""a\" b"#, &[(QuotedIdentifier, r#""a\""#), (Word, "b")]);
    check(
        r#"u&"d\0061" a"#,
        &[(QuotedIdentifier, r#"u&"d\0061""#), (Word, "a")],
    );
    check(
        "a \"b''",
        &[(Word, "a"), (Unterminated(Opened::Identifier), "\"b''")],
    );
}

#[test]
fn dollar_quotes_end_at_their_own_tag() {
    check("$$a;'$$b", &[(DollarString, "$$a;'$$"), (Word, "b")]);
    check("$a$ $$ $b$ $a$", &[(DollarString, "$a$ $$ $b$ $a$")]);
    check("$a$x$aa$a$", &[(DollarString, "$a$x$aa$a$")]);
    check("$é1$;$é1$", &[(DollarString, "$é1$;$é1$")]);
    check("$$a$b$$", &[(DollarString, "$$a$b$$")]);
    check(
        "$A$ $a$",
        &[(Unterminated(Opened::DollarString), "$A$ $a$")],
    );
    check(
        "x $$ y",
        &[(Word, "x"), (Unterminated(Opened::DollarString), "$$ y")],
    );
}

#[test]
fn a_dollar_after_an_identifier_begins_no_quote() {
    check("a$$ b$$", &[(Word, "a$$"), (Word, "b$$")]);
    check("foo$a$b", &[(Word, "foo$a$b")]);
    check("1$$a$$", &[(Number, "1"), (DollarString, "$$a$$")]);
    check(
        "\"a\"$$b$$",
        &[(QuotedIdentifier, "\"a\""), (DollarString, "$$b$$")],
    );
}

#[test]
fn a_lone_dollar_is_nothing() {
    check(
        "$ $a $1 $12a",
        &[
            (Other, "$"),
            (Other, "$"),
            (Word, "a"),
            (Parameter, "$1"),
            (Parameter, "$12"),
            (Word, "a"),
        ],
    );
    check(
        "${a}",
        &[(Other, "$"), (Other, "{"), (Word, "a"), (Other, "}")],
    );
}

#[test]
fn numbers() {
    for number in [
        "1", "1.5", ".5", "1.", "1e5", "1.5E-3", "1e+2", "0xFF", "0b01", "1_000", "0x_1",
    ] {
        check(number, &[(Number, number)]);
    }
    check("1..10", &[(Number, "1"), (Dot, "."), (Number, ".10")]);
    check("1e", &[(Number, "1"), (Word, "e")]);
    check("1e'\\''", &[(Number, "1"), (String, "e'\\''")]);
    check("0x", &[(Number, "0"), (Word, "x")]);
    check("-1", &[(Operator, "-"), (Number, "1")]);
}

#[test]
fn odd_bytes_are_tokens_too() {
    check(
        "a\0b\\",
        &[(Word, "a"), (Other, "\0"), (Word, "b"), (Other, "\\")],
    );
    check("", &[]);
}

#[test]
fn deep_nesting_needs_no_stack() {
    let depth = 200_000;
    let comment = "/*".repeat(depth) + &"*/".repeat(depth);
    check(&comment, &[(BlockComment, &comment)]);
    assert_eq!(tokens(&"(".repeat(depth)).count(), depth);
}

/// Text that is likely to open and close things.
fn sql_like() -> impl Strategy<Value = std::string::String> {
    let piece = prop_oneof![
        Just("'"),
        Just("\""),
        Just("$$"),
        Just("$a$"),
        Just("$"),
        Just("/*"),
        Just("*/"),
        Just("--"),
        Just("\n"),
        Just("\r"),
        Just(" "),
        Just(";"),
        Just("("),
        Just(")"),
        Just("E'"),
        Just("U&\""),
        Just("u&'"),
        Just("b'"),
        Just("\\"),
        Just("a"),
        Just("é"),
        Just("1"),
        Just("."),
        Just("e"),
        Just("\u{feff}"),
        Just("\0"),
        Just("+"),
        Just("create function"),
        Just(" begin atomic "),
        Just("end"),
    ];
    prop_oneof![
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat()),
        any::<std::string::String>(),
    ]
}

proptest! {
    #[test]
    fn tokens_tile_any_text(text in sql_like()) {
        let mut end = 0;
        for token in tokens(&text) {
            prop_assert_eq!(token.span.start, end);
            prop_assert!(token.span.end > end && text.is_char_boundary(token.span.end));
            end = token.span.end;
        }
        prop_assert_eq!(end, text.len());
    }

    #[test]
    fn only_the_last_token_is_unterminated(text in sql_like()) {
        let kinds: Vec<TokenKind> = tokens(&text).map(|token| token.kind).collect();
        let before = kinds.iter().rev().skip(1);
        prop_assert!(!before.into_iter().any(|kind| matches!(kind, Unterminated(_))));
    }
}
