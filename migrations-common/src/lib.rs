//! The migration engine: `Workspace -> Target -> Plan -> Event* -> Report`.

pub mod app;
pub mod batch;
pub mod catalog;
pub mod child;
#[cfg(feature = "cli")]
pub mod cli;
pub mod config;
pub mod connect;
pub mod directive;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod environment;
pub mod event;
pub mod failure;
pub mod fleet;
pub mod history;
pub mod interrupt;
pub mod lock;
pub mod migration;
pub mod offline;
pub mod placeholder;
pub mod plan;
pub mod prepare;
pub mod problem;
pub mod program;
#[cfg(feature = "embedded")]
pub mod proof;
pub mod report;
pub mod requirement;
pub mod runner;
pub mod secret;
pub mod session;
#[cfg(feature = "embedded")]
pub mod shadow;
pub mod sql;
pub mod statement;
pub mod target;
pub mod tenants;
#[cfg(feature = "testing")]
pub mod testing;
pub mod track;
pub mod wait;

pub use environment::Environment;
pub use problem::{Kind, Place, Problem, Problems};
pub use secret::Secret;
