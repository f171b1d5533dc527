//! Indexes that are made and dropped.

use std::ops::Range;

use super::table::table;
use crate::sql::{Cursor, Name, Statement};

/// `CREATE INDEX`, with the places that one needs who writes it anew under another name or for another table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateIndex {
    /// Whether it is UNIQUE.
    pub unique: bool,
    /// Where CONCURRENTLY stands.
    pub concurrently: Option<Range<usize>>,
    /// Where IF NOT EXISTS stands.
    pub if_not_exists: Option<Range<usize>>,
    /// The index, if it is named. It has no schema of its own: it goes where its table is.
    pub name: Option<Name>,
    /// Where ONLY stands, before the table.
    pub only: Option<Range<usize>>,
    /// The table.
    pub table: Name,
}

/// `DROP INDEX`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropIndex {
    /// The indexes.
    pub names: Vec<Name>,
    /// Whether one may be missing.
    pub if_exists: bool,
    /// Whether others may go on to write.
    pub concurrently: bool,
}

/// The index that `statement` makes.
pub(super) fn creates_index(statement: &Statement<'_>) -> Option<CreateIndex> {
    let mut cursor = statement.cursor();
    let create = cursor.keyword_of(&["create index", "create unique index"])?;
    let concurrently = cursor.keyword_span("concurrently");
    let if_not_exists = cursor.keyword_span("if not exists");
    let name = if cursor.keyword("on") {
        None
    } else {
        let name = cursor.qualified_name()?;
        cursor.keyword("on").then_some(Some(name))?
    };
    let table = table(&mut cursor)?;
    Some(CreateIndex {
        unique: create == "create unique index",
        concurrently,
        if_not_exists,
        name,
        only: table.only,
        table: table.name,
    })
}

/// The indexes that `statement` drops.
pub(super) fn drops_index(statement: &Statement<'_>) -> Option<DropIndex> {
    let mut cursor = statement.cursor();
    cursor.keyword("drop index").then_some(())?;
    let concurrently = cursor.keyword("concurrently");
    let if_exists = cursor.keyword("if exists");
    let names: Option<Vec<Name>> = cursor
        .list()
        .iter_mut()
        .map(Cursor::qualified_name)
        .collect();
    Some(DropIndex {
        names: names.filter(|names| !names.is_empty())?,
        if_exists,
        concurrently,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    #[test]
    fn every_place_is_where_the_text_has_it() {
        let text = "select 1;\n-- x\ncreate unique index /* a */ CONCURRENTLY if  not exists \"I 1\" \
                    on only S.\"T\" using btree (a) where b";
        let statements = split(text).unwrap();
        let index = creates_index(&statements[1]).unwrap();
        let written = |span: Option<Range<usize>>| span.and_then(|span| text.get(span));
        assert!(index.unique);
        assert_eq!(written(index.concurrently), Some("CONCURRENTLY"));
        assert_eq!(written(index.if_not_exists), Some("if  not exists"));
        assert_eq!(written(index.only), Some("only"));
        assert_eq!(written(Some(index.table.span)), Some("S.\"T\""));
        assert_eq!(index.table.schema.as_deref(), Some("s"));
        assert_eq!(index.table.name, "T");
        let name = index.name.unwrap();
        assert_eq!((name.schema, name.name.as_str()), (None, "I 1"));
        assert_eq!(written(Some(name.span)), Some("\"I 1\""));
    }

    /// `name on table`, with what was left out as `-`.
    fn check_create(text: &str, expected: Option<&str>) {
        let statements = split(text).unwrap();
        let found = creates_index(&statements[0]).map(|index| {
            let name = index.name.map_or("-".to_owned(), |name| name.name);
            let only = if index.only.is_some() { "only " } else { "" };
            format!("{name} on {only}{}", index.table.name)
        });
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn a_name_may_be_missing_or_look_like_a_keyword() {
        check_create("create index on t (a)", Some("- on t"));
        check_create(
            "create index concurrently on only (t) (a)",
            Some("- on only t"),
        );
        check_create("create index if on t (a)", Some("if on t"));
        check_create("create index unique_i on t (a)", Some("unique_i on t"));
        check_create("create index \"on\" on t (a)", Some("on on t"));
        check_create("create index i", None);
        check_create("create table i (a int)", None);
        check_create("alter index i rename to j", None);
    }

    /// Names, then `?` if one may be missing, `&` if it is concurrent.
    fn check_drop(text: &str, expected: Option<&str>) {
        let statements = split(text).unwrap();
        let found = drops_index(&statements[0]).map(|drop| {
            let names: Vec<String> = drop.names.into_iter().map(|name| name.name).collect();
            let exists = if drop.if_exists { "?" } else { "" };
            let concurrently = if drop.concurrently { "&" } else { "" };
            format!("{}{exists}{concurrently}", names.join(" "))
        });
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn all_dropped_indexes_are_named() {
        check_drop("drop index i", Some("i"));
        check_drop(
            "DROP INDEX CONCURRENTLY IF EXISTS s.\"I\" CASCADE",
            Some("I?&"),
        );
        check_drop("drop index if exists a, s.b, c restrict", Some("a b c?"));
        check_drop("drop index", None);
        check_drop("drop index 1", None);
        check_drop("drop table i", None);
    }
}
