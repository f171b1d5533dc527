//! The schemas that a statement names.

mod head;
mod literal;
mod place;
mod walk;

use std::ops::Range;

use super::code::{Runs, parts};
use crate::sql::Statement;

/// A schema that is written out: before the name of something in it, or by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SchemaName {
    /// The schema as PostgreSQL stores its name.
    pub schema: String,
    /// From the schema to the end of the name that it qualifies, in the text that was split.
    pub span: Range<usize>,
    /// What the statement does with what is named.
    pub role: Role,
}

/// What a statement does with what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It makes, alters or drops it, at once.
    Changed,
    /// All else: it reads it, writes its rows, refers to it, grants on it.
    Named,
}

/// The schemas that `statement` names, in the order of the text; in the bodies of routines and DO blocks too.
///
/// A dotted name counts where the grammar has nothing but a name: after the keywords that a relation, a type or a routine
/// follows, before the parenthesis of a call, and in the strings of `regclass` and its kin. An expression's `alias.column`
/// stands at none of these places.
pub fn schema_names(statement: &Statement<'_>) -> Vec<SchemaName> {
    let mut names = Vec::new();
    for part in parts(statement) {
        names.extend(walk::names(&part).into_iter().map(|found| SchemaName {
            span: part.place(&found.span),
            role: match part.runs() {
                Runs::Now => found.role,
                Runs::WhenCalled => Role::Named,
            },
            ..found
        }));
    }
    names.sort_by_key(|name| name.span.start);
    names
}

#[cfg(test)]
mod tests;
