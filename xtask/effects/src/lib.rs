//! SQL text -> effects -> verdict: what each statement of a migration does to which object, and whether two of them commute.
//!
//! Pure: nothing here opens a file or a connection. It is the only user of squawk-syntax; its types do not leave this crate.

mod body;
mod definition;
mod effect;
mod known;
mod mask;
mod name;
mod nesting;
mod query;
mod read;
mod reader;
mod search_path;
mod statement;
#[cfg(test)]
mod tests;
mod variables;
pub mod verdict;
mod words;

pub use effect::{
    Action, Attribute, Certainty, Columns, Effect, Need, Object, Part, RowChange, Script,
};
pub use known::Known;
pub use name::Name;
pub use read::{Surroundings, read, read_all};
pub use statement::signature;
