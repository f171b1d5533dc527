//! Metering: usage in `events`, spread over shards; what big customers owe in `ledgers`, a database each.

mod ledgers;

use migrations_common::app::Embedded;

pub use ledgers::ledgers;

/// This app's config and migrations, as they were when it was built.
pub static MIGRATIONS: Embedded = migrations_common::embedded_app!();
