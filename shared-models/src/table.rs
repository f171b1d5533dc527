//! What a shared table is, and the macro that declares one.

use postgres::Row;

use crate::Column;

/// A shared table; one value of the implementing type is one row. Implemented by `table!` alone.
pub trait Table: Sized {
    /// The shared database, as `shared = "…"` in a `migrations.toml` names it.
    const DATABASE: &'static str;
    /// The name of the table, without a schema.
    const NAME: &'static str;
    /// Its columns, in the order of the table.
    const COLUMNS: &'static [Column];

    /// Reads a row by column names; the row may hold more columns than the table, in any order.
    ///
    /// # Errors
    /// A column is absent, or its type or value does not fit the field.
    fn from_row(row: &Row) -> Result<Self, postgres::Error>;
}

/// A [`Table`] as a value, for code that goes through all tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// [`Table::DATABASE`].
    pub database: &'static str,
    /// [`Table::NAME`].
    pub name: &'static str,
    /// [`Table::COLUMNS`].
    pub columns: &'static [Column],
}

impl TableInfo {
    /// What `T` says of itself.
    pub const fn of<T: Table>() -> Self {
        TableInfo {
            database: T::DATABASE,
            name: T::NAME,
            columns: T::COLUMNS,
        }
    }
}

/// Declares the struct of one shared table and its [`Table`].
///
/// A field is a column: of the same name, with the SQL type and nullability that its Rust type stands for
/// (see [`ColumnType`](crate::ColumnType)).
macro_rules! table {
    (
        $(#[$doc:meta])+
        $database:literal . $name:literal => $row:ident {
            $( $(#[$column_doc:meta])+ $column:ident: $type:ty, )+
        }
    ) => {
        $(#[$doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $row {
            $( $(#[$column_doc])+ pub $column: $type, )+
        }

        impl $crate::Table for $row {
            const DATABASE: &'static str = $database;
            const NAME: &'static str = $name;
            const COLUMNS: &'static [$crate::Column] =
                &[$( $crate::Column::of::<$type>(stringify!($column)), )+];

            fn from_row(row: &::postgres::Row) -> Result<Self, ::postgres::Error> {
                Ok($row {
                    $( $column: row.try_get(stringify!($column))?, )+
                })
            }
        }
    };
}

pub(crate) use table;
