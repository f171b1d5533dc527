//! A project planner for teams: a schema per customer in `workspaces`, and what customers share in its `public`.

use migrations_common::app::Embedded;

/// This app's config and migrations, as they were when it was built.
pub static MIGRATIONS: Embedded = migrations_common::embedded_app!();
