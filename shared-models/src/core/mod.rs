//! The shared database `core`: one file a table, as in `shared-models/core`.

mod accounts;
mod addresses;
mod invoices;
mod orders;
mod users;

pub use accounts::{Account, AccountKind};
pub use addresses::Address;
pub use invoices::{Invoice, InvoiceStatus};
pub use orders::{Order, OrderStatus};
pub use users::{User, UserRole};
