//! SQL as text: split into statements, quoted, and located.

pub mod span;
