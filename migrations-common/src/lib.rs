//! The migration engine: `Workspace -> Target -> Plan -> Event* -> Report`.

pub mod problem;
pub mod sql;

pub use problem::{Kind, Place, Problem, Problems};
