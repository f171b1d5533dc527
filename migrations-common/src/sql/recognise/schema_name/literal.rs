//! Strings that hold a name: `'a.b'::regclass`, `nextval('a.b')`.

use super::{Role, SchemaName};
use crate::sql::{Cursor, split};

/// Goes past the string at `cursor`, and says which schema it names, if it is one that the server reads as a name.
///
/// `before` are the two tokens before it.
pub(super) fn read(cursor: &mut Cursor<'_>, before: (&str, &str)) -> Option<SchemaName> {
    let span = cursor.peek()?.span.clone();
    let Some(value) = cursor.string() else {
        cursor.advance();
        return None;
    };
    let schema = match reader(cursor, before)? {
        Reader::OfName => named(&value)?.qualified_name()?.schema?,
        Reader::OfSchema => named(&value)?.identifier()?,
    };
    Some(SchemaName {
        schema,
        span,
        role: Role::Named,
    })
}

/// What a string is to the one who reads it.
enum Reader {
    OfName,
    OfSchema,
}

/// Who reads the string that stands between `before` and `after`.
fn reader(after: &Cursor<'_>, before: (&str, &str)) -> Option<Reader> {
    let (before_last, last) = before;
    let mut ahead = after.clone();
    let is_cast = ahead.keyword("as")
        || ahead
            .advance()
            .is_some_and(|token| ahead.text_of(&token) == "::");
    let to_type = if is_cast {
        ahead.qualified_name()
    } else {
        None
    };
    let word = match to_type {
        Some(to_type) => to_type.name,
        None if last == "(" => before_last.to_ascii_lowercase(),
        None => last.to_ascii_lowercase(),
    };
    match word.strip_prefix("to_").unwrap_or(&word) {
        "regnamespace" => Some(Reader::OfSchema),
        word if READ_AS_NAME.contains(&word) => Some(Reader::OfName),
        _ => None,
    }
}

fn named(value: &str) -> Option<Cursor<'_>> {
    Some(split(value).ok()?.first()?.cursor())
}

/// Types, without their `to_…` functions, and functions that take a `regclass`.
const READ_AS_NAME: [&str; 17] = [
    "currval",
    "nextval",
    "pg_get_serial_sequence",
    "pg_indexes_size",
    "pg_relation_size",
    "pg_table_size",
    "pg_total_relation_size",
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regtype",
    "setval",
];
