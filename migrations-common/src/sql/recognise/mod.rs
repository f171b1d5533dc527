//! What the engine has to know of a statement before it runs it. Every question is a pure function of the statement.
//!
//! The answers follow PostgreSQL's grammar (`src/backend/parser/gram.y`) as far as they need to. A statement that the
//! grammar does not know may be recognised as anything: the server refuses it.

mod code;
mod constraint;
mod enum_value;
mod first_words;
mod index;
mod options;
mod schema_name;
mod search_path;
mod step;
mod table;
mod transaction;

pub use constraint::{adds_not_valid, validates};
pub use enum_value::{EnumValue, adds_enum_value};
pub use first_words::first_words;
pub use index::{CreateIndex, DropIndex};
pub use schema_name::{Role, SchemaName, schema_names};
pub use search_path::{SearchPath, sets_search_path};
pub use step::{Step, step};
pub use table::DetachPartition;
pub use transaction::{refuses_transaction, transaction_control};
