//! Property graphs.

use squawk_syntax::SyntaxNode;

use crate::reader::Reader;
use crate::statement::define;

/// Which columns a graph's elements, labels and properties use.
const USED: &str = "which columns a property graph uses is not read";

/// CREATE PROPERTY GRAPH.
pub(super) fn create(reader: &mut Reader, statement: &SyntaxNode) {
    define::create(reader, statement);
    reader.unknown(statement, USED);
}

/// ALTER PROPERTY GRAPH.
pub(super) fn alter(reader: &mut Reader, statement: &SyntaxNode) {
    define::alter_plain(reader, statement);
}
