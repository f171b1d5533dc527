//! The migration engine: `Workspace -> Target -> Plan -> Event* -> Report`.

pub mod connect;
pub mod environment;
pub mod problem;
pub mod secret;
pub mod sql;

pub use environment::Environment;
pub use problem::{Kind, Place, Problem, Problems};
pub use secret::Secret;
