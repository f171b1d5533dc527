//! The embedded PostgreSQL server: found or fetched, started on demand, reached over a Unix socket alone.
//!
//! [`Cluster`] is the developer's server, kept in `target/postgres` and reused while it runs.
//! [`ThrowAway`] is a test run's server, gone when its owner is gone.

mod child;
mod client;
mod cluster;
mod installation;
mod known;
mod links;
mod locate;
mod lock;
mod package;
mod place;
mod postmaster;
mod processes;
mod registry;
mod running;
mod server_user;
mod template;
mod throw_away;
mod version;

pub use cluster::{Cluster, Status};
pub use installation::{Installation, Origin};
pub use locate::{Search, locate};
pub use running::Running;
pub use throw_away::ThrowAway;
pub use version::Version;
