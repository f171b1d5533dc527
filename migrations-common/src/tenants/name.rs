//! What a tenant may be called.

use super::mask::mask;
use crate::config::MAX_IDENTIFIER_BYTES;
use crate::problem::Problem;

/// Whether `name` may be a tenant's: it must do as the name of a schema and of a database, unchanged.
///
/// Quotes, semicolons, blanks, upper case and all scripts are fine.
///
/// # Errors
/// `tenant-name`: why not, in words that follow a place.
pub fn check(name: &str) -> Result<(), Problem> {
    let Some((message, help)) = refusal(name) else {
        return Ok(());
    };
    Err(Problem::config("tenant-name", message).help(help))
}

fn refusal(name: &str) -> Option<(String, &'static str)> {
    let another = "choose another name";
    if name.is_empty() {
        return Some(("the name is empty".to_owned(), "write one, or leave it out"));
    }
    if mask(name) != name {
        return Some((
            "the name looks like a connection URL, which is not shown here".to_owned(),
            "name and URL are two columns; in a file a TAB stands between them",
        ));
    }
    if let Some(control) = name.chars().find(|c| c.is_control()) {
        return Some((
            format!(
                "the name {} holds the control character U+{:04X}",
                shown(name),
                u32::from(control)
            ),
            another,
        ));
    }
    if name.len() > MAX_IDENTIFIER_BYTES {
        return Some((
            format!(
                "the name {} has {} bytes, and PostgreSQL cuts names after {MAX_IDENTIFIER_BYTES}",
                shown(name),
                name.len()
            ),
            "choose a shorter name",
        ));
    }
    // Compared with the unquoted name in `recomputeNamespacePath`, src/backend/catalog/namespace.c.
    if name == "$user" {
        return Some((
            "the name `$user` means another schema for each role in search_path, also in quotes"
                .to_owned(),
            another,
        ));
    }
    // `IsReservedName` in src/backend/catalog/catalog.c; upper case is not reserved.
    if name.starts_with("pg_") || name == "information_schema" {
        return Some((
            format!(
                "the name {} is one that PostgreSQL keeps for itself",
                shown(name)
            ),
            another,
        ));
    }
    None
}

/// `name` on one line of bearable length.
pub(super) fn shown(name: &str) -> String {
    const MOST: usize = 80;
    let mut shown = String::from("`");
    for (index, character) in name.chars().enumerate() {
        if index == MOST {
            shown.push('…');
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown.push('`');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn almost_everything_is_a_name() {
        for name in [
            "acme",
            "Acme",
            "select",
            "PG_big",
            "pgacme",
            "information_schema2",
            "$User",
            "$user ",
            r#"a"b"#,
            "a'b",
            "x; drop table users; --",
            r"back\slash",
            " blanks around ",
            "größe 東京 🦀",
            "100%",
            "*?",
            "${tenant}",
            &"ü".repeat(31),
            &"x".repeat(63),
        ] {
            assert!(check(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_told() {
        for (name, expected) in [
            ("", "the name is empty"),
            (
                "a\nb",
                "the name `a\\nb` holds the control character U+000A",
            ),
            (
                "a\0",
                "the name `a\\u{0}` holds the control character U+0000",
            ),
            (
                "a\u{85}",
                "the name `a\\u{85}` holds the control character U+0085",
            ),
            (
                "\u{7f}",
                "the name `\\u{7f}` holds the control character U+007F",
            ),
            (
                "$user",
                "the name `$user` means another schema for each role in search_path, also in quotes",
            ),
            (
                "pg_acme",
                "the name `pg_acme` is one that PostgreSQL keeps for itself",
            ),
            (
                "pg_",
                "the name `pg_` is one that PostgreSQL keeps for itself",
            ),
            (
                "information_schema",
                "the name `information_schema` is one that PostgreSQL keeps for itself",
            ),
            (
                "acme postgres://u:hunter2@h/db",
                "the name looks like a connection URL, which is not shown here",
            ),
        ] {
            let problem = check(name).unwrap_err();
            assert_eq!(problem.message, expected);
            assert_eq!(problem.code, "tenant-name");
            assert_eq!(problem.helps.len(), 1);
        }
    }

    #[test]
    fn a_long_name_is_measured_in_bytes_and_shown_in_part() {
        let message = |name: &str| check(name).unwrap_err().message.clone();
        let name = "ü".repeat(32);
        assert_eq!(
            message(&name),
            format!("the name `{name}` has 64 bytes, and PostgreSQL cuts names after 63")
        );
        assert_eq!(
            message(&"x".repeat(64)),
            format!(
                "the name `{}` has 64 bytes, and PostgreSQL cuts names after 63",
                "x".repeat(64)
            )
        );
        assert_eq!(
            message(&"x".repeat(1 << 20)),
            format!(
                "the name `{}…` has 1048576 bytes, and PostgreSQL cuts names after 63",
                "x".repeat(80)
            )
        );
    }
}
