//! Connection strings in words of others, made unreadable before anybody sees them.

/// What begins a connection string, or the part of one that is secret.
const BEGINNINGS: [&str; 3] = ["postgres://", "postgresql://", "password="];

/// `text` with `***` for the rest of each connection URL and for each `password=`.
///
/// A value in single quotes ends at the next one, anything else at the next blank.
pub(super) fn mask(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    let next = |from: usize| {
        let rest = lower.get(from..)?;
        let found = BEGINNINGS
            .iter()
            .filter_map(|beginning| Some(from + rest.find(beginning)? + beginning.len()));
        found.min()
    };
    while let Some(start) = next(at) {
        let secret = text.get(start..).unwrap_or_default();
        let end = match secret.strip_prefix('\'') {
            Some(quoted) => quoted.find('\'').map(|end| end + 2),
            None => secret.find(char::is_whitespace),
        };
        masked.push_str(text.get(at..start).unwrap_or_default());
        masked.push_str("***");
        at = end.map_or(text.len(), |end| start + end);
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_left() {
        for (text, expected) in [
            ("acme", "acme"),
            ("größe https://acme", "größe https://acme"),
            (
                "cannot reach postgres://u:hunter2@h/db now",
                "cannot reach postgres://*** now",
            ),
            (
                "ü PostgreSQL://u:h@ü ü postgres://x",
                "ü PostgreSQL://*** ü postgres://***",
            ),
            (
                "host=h password=hunter2 user=u",
                "host=h password=*** user=u",
            ),
            ("PGPASSWORD='hun ter2' psql", "PGPASSWORD=*** psql"),
            ("password='hun", "password=***"),
            ("a\npostgres://x\nb", "a\npostgres://***\nb"),
        ] {
            assert_eq!(mask(text), expected);
        }
    }
}
