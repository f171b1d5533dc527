//! The migration engine: `Workspace -> Target -> Plan -> Event* -> Report`.

pub mod config;
pub mod environment;
pub mod problem;
pub mod secret;
pub mod sql;

pub use problem::{Kind, Place, Problem, Problems};
