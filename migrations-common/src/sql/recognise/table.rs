//! ALTER TABLE: which table, and what is done to it.

use std::ops::Range;

use crate::sql::lexer::TokenKind;
use crate::sql::{Cursor, Name, Statement};

/// A partition that leaves its table while others go on to use both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetachPartition {
    /// The partitioned table.
    pub table: Name,
    /// The partition.
    pub partition: Name,
    /// FINALIZE, which ends what an interrupted CONCURRENTLY began.
    pub finalize: bool,
}

/// The partition that `statement` detaches with CONCURRENTLY or FINALIZE.
pub(super) fn detaches_partition(statement: &Statement<'_>) -> Option<DetachPartition> {
    let AlterTable { table, actions } = alter_table(statement)?;
    // The grammar lets no other action stand beside it.
    let mut action = actions.into_iter().next()?;
    action.keyword("detach partition").then_some(())?;
    let partition = action.qualified_name()?;
    let how = action.keyword_of(&["finalize", "concurrently"])?;
    Some(DetachPartition {
        table: table.name,
        partition,
        finalize: how == "finalize",
    })
}

/// `ALTER TABLE` or `ALTER FOREIGN TABLE`.
pub(super) struct AlterTable<'a> {
    pub(super) table: Table,
    /// What is done, one cursor an action.
    pub(super) actions: Vec<Cursor<'a>>,
}

pub(super) fn alter_table<'a>(statement: &Statement<'a>) -> Option<AlterTable<'a>> {
    let mut cursor = statement.cursor();
    cursor.keyword_of(&["alter table", "alter foreign table"])?;
    cursor.keyword("if exists");
    let table = table(&mut cursor)?;
    let actions = cursor.list();
    Some(AlterTable { table, actions })
}

/// A table as a statement names it: with its children, or without.
pub(super) struct Table {
    pub(super) only: Option<Range<usize>>,
    pub(super) name: Name,
}

/// `t`, `t *`, `ONLY t` or `ONLY (t)`: `relation_expr` in the grammar.
pub(super) fn table(cursor: &mut Cursor<'_>) -> Option<Table> {
    let only = cursor.keyword_span("only");
    let in_parentheses = only.is_some() && cursor.mark(TokenKind::OpenParen);
    let name = cursor.qualified_name()?;
    if in_parentheses {
        cursor.mark(TokenKind::CloseParen);
    } else if cursor
        .peek()
        .is_some_and(|token| cursor.text_of(token) == "*")
    {
        cursor.advance();
    }
    Some(Table { only, name })
}
