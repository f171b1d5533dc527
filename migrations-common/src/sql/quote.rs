//! Names and values as SQL text. Nothing else in the engine writes a quote.

use crate::problem::Problem;

/// `name` as a quoted identifier: `a"b` becomes `"a""b"`.
///
/// Always quoted, so that no keyword and no upper-case letter needs a second thought. PostgreSQL cuts a name
/// after 63 bytes; whether it may is for the caller to say.
///
/// # Errors
/// `nul-byte`, if the name holds one.
pub fn identifier(name: &str) -> Result<String, Problem> {
    refuse_nul("name", name)?;
    Ok(format!("\"{}\"", name.replace('"', "\"\"")))
}

/// `value` as a string constant that means the same whatever `standard_conforming_strings` is.
///
/// A quote is doubled, never escaped: so the constant ends at its end however the server reads backslashes.
///
/// # Errors
/// `nul-byte`, if the value holds one.
pub fn literal(value: &str) -> Result<String, Problem> {
    refuse_nul("value", value)?;
    let doubled = value.replace('\'', "''");
    Ok(if doubled.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    })
}

/// PostgreSQL can hold no NUL in any text, and what reads C strings on the way would cut the statement there.
fn refuse_nul(what: &str, text: &str) -> Result<(), Problem> {
    if text.contains('\0') {
        let message = format!(
            "the {what} `{}` holds a NUL byte, which PostgreSQL cannot store",
            text.escape_debug()
        );
        return Err(Problem::config("nul-byte", message));
    }
    Ok(())
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
            assert_eq!(identifier(name).unwrap(), expected);
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
            assert_eq!(literal(value).unwrap(), expected);
        }
    }

    #[test]
    fn a_nul_byte_is_a_problem() {
        assert_eq!(identifier("a\0b").unwrap_err().code, "nul-byte");
        let problem = literal("a\0b").unwrap_err();
        assert_eq!(
            problem.message,
            r"the value `a\0b` holds a NUL byte, which PostgreSQL cannot store"
        );
    }
}
