//! What a database holds, as flat facts, and in words what differs.
//!
//! Both sides of a comparison are read from PostgreSQL by the same query, so PostgreSQL does the normalising.

mod compare;
mod facts;
mod read;
mod words;

pub use compare::{Change, Difference, Sides, compare};
pub use facts::{Fact, Facts, Fingerprint, fingerprint};
pub use read::{read, read_database_wide, read_server_wide};
