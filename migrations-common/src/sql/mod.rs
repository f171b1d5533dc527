//! SQL as text: split into statements, recognised, quoted, and located.

mod comments;
mod cursor;
pub mod lexer;
pub mod psql;
pub mod quote;
pub mod recognise;
pub mod span;
mod statement;
mod unquote;

pub use comments::{Comment, comments, header_comments};
pub use cursor::{Cursor, Name};
pub use statement::{Statement, Unterminated, split};
