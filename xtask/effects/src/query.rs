//! Queries and expressions: which relations and columns they read.
//!
//! Nothing here knows which columns a table has. A column without a qualifier therefore belongs to every relation of the innermost
//! query that could have it; that it belongs to a query further out is possible, and is said with less certainty.

use squawk_syntax::SyntaxNode;

use crate::effect::Need;
use crate::name::Name;
use crate::reader::Reader;

mod call;
mod catalog;
mod expression;
mod from;
mod scope;
mod select;
mod types;
mod uses;

pub(crate) use call::routine_name;
pub(crate) use expression::{expression, literal_path};
pub(crate) use from::{alias_of, from_items};
pub(crate) use scope::{Output, Scope, Source, output};
pub(crate) use select::{query, with};
pub(crate) use types::{is_builtin, types_in};
pub(crate) use uses::{Usage, Uses};

/// Every column of `relation` that an expression below `node` names, as a need: the expressions of an index, a constraint, a
/// policy, a trigger's WHEN, which see one relation only. The functions, types and sequences in it are needed too.
pub(crate) fn columns_in(reader: &mut Reader, relation: &Name, node: &SyntaxNode, need: Need) {
    let row = |alias: &str| Source::relation(Some(alias), relation.clone());
    let rows = Scope {
        sources: ["new", "old"].map(row).into(),
        qualified_only: true,
        ..Scope::default()
    };
    let scope = Scope::inside(&rows, vec![Source::relation(None, relation.clone())]);
    let mut uses = Uses::new(reader, Usage::definition(need));
    uses.ignore_variables();
    expression(&mut uses, &scope, node);
    uses.finish();
}

/// What an expression that sees no relation uses: a default, a partition's bounds, an argument.
pub(crate) fn free_expression(reader: &mut Reader, node: &SyntaxNode, usage: Usage) {
    let mut uses = Uses::new(reader, usage);
    expression(&mut uses, &Scope::default(), node);
    uses.finish();
}

/// What the query or data-modifying statement `node` does and uses.
pub(crate) fn statement(reader: &mut Reader, node: &SyntaxNode, usage: Usage) {
    let mut uses = Uses::new(reader, usage);
    query(&mut uses, &Scope::default(), node);
    uses.finish();
}
