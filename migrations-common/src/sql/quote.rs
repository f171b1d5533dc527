//! Names and values as SQL text. Nothing else in the engine writes a quote.
//!
//! A NUL byte stays as it is: PostgreSQL can store none, and the driver refuses to send it.

/// `name` as a quoted identifier: `a"b` becomes `"a""b"`.
///
/// Always quoted, so that no keyword and no upper-case letter needs a second thought. PostgreSQL cuts a name
/// after 63 bytes; whether it may is for the caller to say.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `value` as a string constant that means the same whatever `standard_conforming_strings` is.
///
/// A quote is doubled, never escaped: so the constant ends at its end however the server reads backslashes.
pub fn literal(value: &str) -> String {
    let doubled = value.replace('\'', "''");
    if doubled.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_quoted_always() {
        for (name, expected) in [
            ("users", r#""users""#),
            ("Users", r#""Users""#),
            ("select", r#""select""#),
            (r#"a"b"#, r#""a""b""#),
            (r#"""#, r#""""""#),
            (r"a\b'c", r#""a\b'c""#),
            ("größe", r#""größe""#),
        ] {
            assert_eq!(identifier(name), expected);
        }
    }

    #[test]
    fn literals_mean_the_same_under_both_readings_of_a_backslash() {
        for (value, expected) in [
            ("", "''"),
            ("it's", "'it''s'"),
            (r"a\b", r"E'a\\b'"),
            (r"\'; drop table t; --", r"E'\\''; drop table t; --'"),
            ("$$", "'$$'"),
        ] {
            assert_eq!(literal(value), expected);
        }
    }
}
