//! A new label of an enum, which PostgreSQL lets nobody use before it is committed (55P04).

use crate::sql::{Name, Statement};

/// What `ALTER TYPE … ADD VALUE` adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumValue {
    /// The enum.
    pub type_name: Name,
    /// The new label.
    pub label: String,
    /// Whether it may be there already.
    pub if_not_exists: bool,
}

/// The label that `statement` adds to an enum.
pub fn adds_enum_value(statement: &Statement<'_>) -> Option<EnumValue> {
    let mut cursor = statement.cursor();
    cursor.keyword("alter type").then_some(())?;
    let type_name = cursor.qualified_name()?;
    cursor.keyword("add value").then_some(())?;
    let if_not_exists = cursor.keyword("if not exists");
    let label = cursor.string()?;
    Some(EnumValue {
        type_name,
        label,
        if_not_exists,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    /// `schema.type label`, and `?` after it if it may exist.
    fn check(text: &str, expected: Option<&str>) {
        let statements = split(text).unwrap();
        let found = adds_enum_value(&statements[0]).map(|value| {
            let schema = value.type_name.schema.unwrap_or_default();
            let mark = if value.if_not_exists { "?" } else { "" };
            format!("{schema}.{} {}{mark}", value.type_name.name, value.label)
        });
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn labels_are_unquoted() {
        check("alter type mood add value 'it''s'", Some(".mood it's"));
        check(
            "ALTER TYPE s.\"Mood\" ADD VALUE IF NOT EXISTS 'x' BEFORE 'y';",
            Some("s.Mood x?"),
        );
        check(
            r"alter type mood add value E'a\'b' after 'c'",
            Some(".mood a'b"),
        );
        check("alter type mood add value $$a'b$$", Some(".mood a'b"));
        check("alter type mood add value 'a'\n  'b'", Some(".mood ab"));
        check(
            "alter type mood add value U&'!00e9' uescape '!'",
            Some(".mood é"),
        );
    }

    #[test]
    fn other_changes_of_a_type_are_not_labels() {
        check("alter type t add attribute value text", None);
        check("alter type mood rename value 'a' to 'b'", None);
        check("alter type mood add value", None);
        check("alter table t add value text", None);
    }
}
