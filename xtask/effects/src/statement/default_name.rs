//! The names that PostgreSQL gives to what has none: `users_email_key`.
//!
//! As `makeObjectName`, `ChooseRelationName`, `ChooseIndexName` and `ChooseConstraintName` do (`commands/indexcmds.c`,
//! `catalog/pg_constraint.c`). What the file itself has made is known to be taken; what was there before is not.

use crate::name::Name;
use crate::reader::Reader;

/// Bytes of a name: `NAMEDATALEN` without its end.
const LONGEST: usize = 63;

/// A file that needs more numbers for one name is made to cost time.
const MOST_PASSES: usize = 1000;

/// Whose names a new name must differ from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Relations: an index, a sequence.
    Relations,
    /// Constraints: a check, a foreign key.
    Constraints,
    /// Both: a constraint with an index.
    Both,
}

/// The name of something of `table`: `<table>_<middle>_<label>`, with a number if the file has used that name before.
pub(super) fn choose(
    reader: &Reader,
    table: &Name,
    middle: Option<&str>,
    label: &str,
    among: Among,
) -> String {
    let taken = |name: &str| {
        let name = Reader::beside(table, name);
        (among != Among::Constraints && reader.is_relation(&name))
            || (among != Among::Relations && reader.is_constraint(&name))
    };
    let mut name = object_name(&table.name, middle, label);
    for pass in 1..MOST_PASSES {
        if !taken(&name) {
            break;
        }
        name = object_name(&table.name, middle, &format!("{label}{pass}"));
    }
    name
}

/// The middle of a name that speaks of several columns: their names, until it is too long anyway.
pub(super) fn addition<S: AsRef<str>>(columns: &[S]) -> String {
    let mut addition = String::new();
    for column in columns {
        if !addition.is_empty() {
            addition.push('_');
        }
        addition.push_str(column.as_ref());
        if addition.len() > LONGEST {
            break;
        }
    }
    addition
}

/// The names of an index's own columns: a repeated one gets a number.
pub(super) fn index_columns(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for name in names {
        let mut column = name.clone();
        for number in 1..MOST_PASSES {
            if !columns.contains(&column) {
                break;
            }
            let number = number.to_string();
            let room = LONGEST.saturating_sub(number.len());
            column = format!("{}{number}", clip(&name, room));
        }
        columns.push(column);
    }
    columns
}

/// `<name>_<middle>_<label>` in 63 bytes: the longer of the first two loses its end.
pub(super) fn object_name(name: &str, middle: Option<&str>, label: &str) -> String {
    let overhead = usize::from(middle.is_some()) + 1 + label.len();
    let room = LONGEST.saturating_sub(overhead);
    let (mut first, mut second) = (name.len(), middle.map_or(0, str::len));
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second = second.saturating_sub(1);
        }
        if first + second == 0 {
            break;
        }
    }
    let mut chosen = clip(name, first).to_owned();
    if let Some(middle) = middle {
        chosen.push('_');
        chosen.push_str(clip(middle, second));
    }
    chosen.push('_');
    chosen.push_str(label);
    chosen
}

/// The first characters of `text` that fit into so many bytes.
fn clip(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
