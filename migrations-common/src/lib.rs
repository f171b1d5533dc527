//! The migration engine: `Workspace -> Target -> Plan -> Event* -> Report`.

pub mod app;
pub mod batch;
pub mod config;
pub mod connect;
pub mod directive;
pub mod environment;
pub mod event;
pub mod history;
pub mod lock;
pub mod migration;
pub mod placeholder;
pub mod plan;
pub mod prepare;
pub mod problem;
pub mod report;
pub mod secret;
pub mod sql;
pub mod target;

pub use problem::{Kind, Place, Problem, Problems};
