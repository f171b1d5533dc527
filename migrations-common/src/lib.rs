//! The migration engine: `Workspace -> Target -> Plan -> Event* -> Report`.

pub mod app;
pub mod config;
pub mod directive;
pub mod environment;
pub mod migration;
pub mod placeholder;
pub mod problem;
pub mod secret;
pub mod sql;

pub use problem::{Kind, Place, Problem, Problems};
