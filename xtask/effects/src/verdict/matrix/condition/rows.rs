//! Rows that are read or written, and their columns.

use super::action::{change, columns, is_set, set, sets_one_of};
use super::need::needs_key;
use crate::effect::{Attribute, Columns, Effect, Object, Part, RowChange};

/// `write` updates no column that `read` takes.
pub(crate) fn apart_from_update(read: &Effect, write: &Effect) -> bool {
    change(write) == Some(RowChange::Update)
        && (columns(read).zip(columns(write))).is_some_and(|(a, b)| !a.overlap(b))
}

/// Both update, and no column of one is a column of the other.
pub(crate) fn updates_apart(one: &Effect, other: &Effect) -> bool {
    change(one) == Some(RowChange::Update) && apart_from_update(one, other)
}

pub(crate) fn truncated_by_both(one: &Effect, other: &Effect) -> bool {
    change(one) == Some(RowChange::Truncate) && change(other) == Some(RowChange::Truncate)
}

/// A TRUNCATE, which fails while something refers to a key of the table.
pub(crate) fn key_of_emptied(one: &Effect, rows: &Effect) -> bool {
    needs_key(one, rows) && change(rows) == Some(RowChange::Truncate)
}

pub(crate) fn uses_column(rows: &Effect, column: &Effect) -> bool {
    columns(rows).is_some_and(|columns| columns.contain(name_of(column)))
}

pub(crate) fn uses_retyped(rows: &Effect, column: &Effect) -> bool {
    is_set(column, &Attribute::Type) && uses_column(rows, column)
}

/// An update of other columns leaves the conversion alone; new and lost rows may not.
pub(crate) fn writes_retyped(rows: &Effect, column: &Effect) -> bool {
    is_set(column, &Attribute::Type)
        && (uses_column(rows, column) || change(rows) != Some(RowChange::Update))
}

/// What the column is if nobody says changes, and new rows may leave it out.
pub(crate) fn inserts_by_default(rows: &Effect, column: &Effect) -> bool {
    change(rows) == Some(RowChange::Insert)
        && sets_one_of(column, |attribute| {
            matches!(
                attribute,
                Attribute::Default | Attribute::Identity | Attribute::Generated
            )
        })
        && !matches!(columns(rows), Some(Columns::Some(names)) if names.contains(name_of(column)))
}

/// The column becomes NOT NULL. An update of other columns leaves that alone; new and lost rows may not.
pub(crate) fn may_leave_null(rows: &Effect, column: &Effect) -> bool {
    matches!(set(column), Some((Attribute::Nullability, "not null")))
        && (uses_column(rows, column) || change(rows) != Some(RowChange::Update))
}

/// The column loses its NOT NULL, and a NULL may be written.
pub(crate) fn may_write_null(rows: &Effect, column: &Effect) -> bool {
    matches!(set(column), Some((Attribute::Nullability, value)) if value != "not null")
        && match change(rows) {
            Some(RowChange::Insert) => true,
            Some(RowChange::Update) => uses_column(rows, column),
            _ => false,
        }
}

fn name_of(column: &Effect) -> &str {
    match &column.object {
        Object::Part(_, Part::Column(name)) => name,
        _ => "",
    }
}
