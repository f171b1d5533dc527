//! A column, and which SQL type a Rust type stands for.

use std::time::SystemTime;

/// One column of a shared table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type, spelled as PostgreSQL's `format_type` spells it: `timestamp with time zone`, not `timestamptz`.
    pub sql_type: &'static str,
    /// Whether it may be null.
    pub nullable: bool,
    /// The labels of an enum type, in its order; empty for every other type.
    pub labels: &'static [&'static str],
}

impl Column {
    /// The column `name` whose values are `T` in Rust.
    pub const fn of<T: ColumnType>(name: &'static str) -> Self {
        Column {
            name,
            sql_type: T::SQL_TYPE,
            nullable: T::NULLABLE,
            labels: T::LABELS,
        }
    }
}

/// A Rust type that a column can have. `Option` makes it nullable.
///
/// There is none for `numeric`, `date` or `timestamp` on purpose: money is whole cents, and a moment is a moment.
pub trait ColumnType {
    /// See [`Column::sql_type`].
    const SQL_TYPE: &'static str;
    /// See [`Column::nullable`].
    const NULLABLE: bool = false;
    /// See [`Column::labels`].
    const LABELS: &'static [&'static str] = &[];
}

impl ColumnType for bool {
    const SQL_TYPE: &'static str = "boolean";
}

impl ColumnType for i32 {
    const SQL_TYPE: &'static str = "integer";
}

impl ColumnType for i64 {
    const SQL_TYPE: &'static str = "bigint";
}

impl ColumnType for String {
    const SQL_TYPE: &'static str = "text";
}

/// Microseconds are kept, as PostgreSQL keeps them.
impl ColumnType for SystemTime {
    const SQL_TYPE: &'static str = "timestamp with time zone";
}

impl<T: ColumnType> ColumnType for Option<T> {
    const SQL_TYPE: &'static str = T::SQL_TYPE;
    const NULLABLE: bool = true;
    const LABELS: &'static [&'static str] = T::LABELS;
}
