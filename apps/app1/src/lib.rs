//! A storefront: accounts, users, products and orders in `core`, page views in `analytics`.

use migrations_common::app::Embedded;

/// This app's config and migrations, as they were when it was built.
pub static MIGRATIONS: Embedded = migrations_common::embedded_app!();
