//! The tables that more than one app uses, as Rust structs.
//!
//! The truth is SQL: `<database>/<table>.sql`, with the table's owner in its header. Each file has a twin here,
//! `src/<database>/<table>.rs`, declared by the macro `table!`, so that a
//! struct, its columns and the reading of a row cannot disagree.
//!
//! ```no_run
//! use shared_models::Table;
//! use shared_models::core::{Order, OrderStatus};
//!
//! fn paid_orders(client: &mut postgres::Client) -> Result<Vec<Order>, postgres::Error> {
//!     let rows = client.query("select * from orders where status = $1", &[&OrderStatus::Paid])?;
//!     rows.iter().map(Order::from_row).collect()
//! }
//! ```

mod column;
mod enumeration;
mod table;

pub mod core;

pub use column::{Column, ColumnType};
pub use enumeration::UnknownLabel;
pub use table::{Table, TableInfo};

/// Every shared table of every database, by database and name.
pub const ALL: &[TableInfo] = &[
    TableInfo::of::<core::Account>(),
    TableInfo::of::<core::Address>(),
    TableInfo::of::<core::Invoice>(),
    TableInfo::of::<core::Order>(),
    TableInfo::of::<core::User>(),
];
