//! The migration engine: `Workspace -> Target -> Plan -> Event* -> Report`.

#[cfg(all(unix, feature = "embedded"))]
pub mod embedded;
pub mod problem;
pub mod sql;

pub use problem::{Kind, Place, Problem, Problems};
