//! The beginning of a statement: what it is about.

use super::Role;
use super::place::{Expect, List};
use crate::sql::Cursor;
use crate::sql::recognise::options::options;

/// What comes after the words that were read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Head {
    /// What comes next.
    pub(super) expect: Expect,
    /// What comes after a comma.
    pub(super) list: List,
    /// What the statement's own parentheses hold, one pair after another.
    pub(super) parentheses: &'static [List],
    /// What comes after the first name.
    pub(super) after_name: Expect,
    /// Whether it is an ALTER.
    pub(super) alters: bool,
}

/// Reads the words that `cursor`'s statement begins with, up to the name of what it is about.
pub(super) fn head(cursor: &mut Cursor<'_>) -> Head {
    let verb = cursor.keyword_of(&[
        "create",
        "alter default privileges",
        "alter extension",
        "alter",
        "drop",
        "comment on",
        "security label",
        "grant",
        "revoke",
        "truncate",
        "lock",
        "copy",
        "refresh materialized view",
        "cluster",
        "reindex",
        "analyze",
        "analyse",
        "vacuum",
        "import foreign schema",
    ]);
    match verb {
        Some("create") => create(cursor),
        Some("alter default privileges") => {
            cursor.find("in schema");
            Object::Schema.listed(Role::Named)
        }
        Some("alter extension") => Head {
            alters: true,
            ..Head::default()
        },
        Some("alter") => Head {
            alters: true,
            ..object(cursor).about(Role::Changed)
        },
        Some("drop") => object(cursor).listed(Role::Changed),
        Some("comment on") => object(cursor).about(Role::Changed),
        Some("security label") => {
            cursor.find("on");
            object(cursor).about(Role::Changed)
        }
        Some("grant" | "revoke") => {
            cursor.find("on");
            granted(cursor).listed(Role::Named)
        }
        Some("reindex") => {
            options(cursor);
            object(cursor).about(Role::Named)
        }
        Some("import foreign schema") => {
            cursor.find("into");
            Object::Schema.about(Role::Changed)
        }
        Some("copy") => Object::Relation.about(Role::Named),
        Some(_) => {
            options(cursor);
            let modifiers = [
                "concurrently",
                "table",
                "full",
                "freeze",
                "verbose",
                "analyze",
            ];
            while cursor.keyword_of(&modifiers).is_some() {}
            Object::Relation.listed(Role::Named)
        }
        None => Head::default(),
    }
}

/// What a statement is about, as far as its name may have a schema.
#[derive(Clone, Copy, Debug)]
enum Object {
    Relation,
    /// Its arguments' types follow its name.
    Routine,
    Column,
    Schema,
    Cast,
    /// A thing that is named without a schema.
    Other,
}

impl Object {
    /// One of it comes next.
    fn about(self, role: Role) -> Head {
        let head = Head::default();
        match self {
            Object::Relation => Head {
                expect: Expect::Relation(role),
                ..head
            },
            Object::Routine => Head {
                expect: Expect::Relation(role),
                parentheses: &[List::Types],
                ..head
            },
            Object::Column => Head {
                expect: Expect::Column(role),
                ..head
            },
            Object::Schema => Head {
                expect: Expect::Schema(role),
                ..head
            },
            // Nobody alters or drops a type by way of its cast.
            Object::Cast => Head {
                expect: Expect::Relation(Role::Named),
                ..head
            },
            Object::Other => head,
        }
    }

    /// One or more of it come next.
    fn listed(self, role: Role) -> Head {
        let list = match self {
            Object::Relation | Object::Routine => List::Names(role),
            Object::Schema => List::Schemas(role),
            Object::Column | Object::Cast | Object::Other => List::Nothing,
        };
        Head {
            list,
            ..self.about(role)
        }
    }
}

/// What is named after ALTER, DROP, COMMENT ON and the like. Goes on to the name.
fn object(cursor: &mut Cursor<'_>) -> Object {
    let object = match cursor.keyword_of(&KINDS) {
        Some("function" | "procedure" | "routine" | "aggregate" | "operator") => Object::Routine,
        Some("column") => Object::Column,
        Some("schema") => Object::Schema,
        Some("cast") => Object::Cast,
        Some("constraint" | "policy" | "rule" | "trigger") => {
            cursor.find("on");
            cursor.keyword("domain");
            Object::Relation
        }
        Some(_) => Object::Relation,
        None => Object::Other,
    };
    cursor.keyword("concurrently");
    cursor.keyword_of(&["if exists", "if not exists"]);
    object
}

/// The kinds whose names have a schema, or lead to a name that has one.
const KINDS: [&str; 27] = [
    "aggregate",
    "cast",
    "collation",
    "column",
    "constraint",
    "conversion",
    "domain",
    "foreign table",
    "function",
    "index",
    "materialized view",
    "operator class",
    "operator family",
    "operator",
    "policy",
    "procedure",
    "routine",
    "rule",
    "schema",
    "sequence",
    "statistics",
    "table",
    "text search configuration",
    "text search dictionary",
    "trigger",
    "type",
    "view",
];

fn create(cursor: &mut Cursor<'_>) -> Head {
    let modifiers = [
        "or replace",
        "constraint",
        "default",
        "global",
        "local",
        "recursive",
        "temp",
        "temporary",
        "unique",
        "unlogged",
    ];
    while cursor.keyword_of(&modifiers).is_some() {}
    let mut ahead = cursor.clone();
    let kind = ahead.keyword_of(&KINDS);
    match kind {
        Some("index") => {
            cursor.find("on");
            return Head {
                parentheses: &[List::Types],
                ..Object::Relation.about(Role::Changed)
            };
        }
        Some("rule") => {
            cursor.find("to");
            return Object::Relation.about(Role::Changed);
        }
        None if cursor.keyword("extension") => {
            cursor.keyword("if not exists");
            cursor.identifier();
            let object = if cursor.find("schema") {
                Object::Schema
            } else {
                Object::Other
            };
            return object.about(Role::Changed);
        }
        _ => {}
    }
    let head = object(cursor).about(Role::Changed);
    match kind {
        Some("schema") => {
            // Without a name, the schema gets that of its owner.
            cursor.keyword("authorization");
            head
        }
        Some("domain") => Head {
            after_name: Expect::Name(Role::Named),
            ..head
        },
        Some("table" | "foreign table") => Head {
            parentheses: &[List::Columns],
            ..head
        },
        Some("aggregate") => Head {
            parentheses: &[List::Types, List::Definition],
            ..head
        },
        Some("type" | "operator" | "collation") => Head {
            parentheses: &[List::Definition],
            ..head
        },
        _ => head,
    }
}

/// What GRANT and REVOKE have after ON: a relation, if no kind is written.
fn granted(cursor: &mut Cursor<'_>) -> Object {
    let schemas = [
        "all tables in schema",
        "all sequences in schema",
        "all functions in schema",
        "all procedures in schema",
        "all routines in schema",
    ];
    let without_schema = [
        "database",
        "foreign data wrapper",
        "foreign server",
        "language",
        "large object",
        "parameter",
        "tablespace",
    ];
    if cursor.keyword_of(&schemas).is_some() {
        Object::Schema
    } else if cursor.keyword_of(&without_schema).is_some() {
        Object::Other
    } else {
        match object(cursor) {
            Object::Other => Object::Relation,
            object => object,
        }
    }
}
