//! Events, reports and problems as text and as JSON: the only writers to a terminal.

mod cause;
mod clean;
mod finding;
#[cfg(test)]
mod fixtures;
mod flow;
mod group;
pub mod human;
pub mod json;
mod names;
pub mod problem;
mod recorded;
mod streams;
pub mod terminal;
mod wording;

pub use finding::{Check, ComparedRef, Finding, NewMigration};
pub use human::{Human, Invocation};
pub use problem::{Look, Severity};
pub use streams::Streams;
