//! The places of one part of code where nothing but a name can stand.

use std::ops::Range;

use super::head::head;
use super::literal;
use super::place::{Expect, Item, Level, List};
use super::{Role, SchemaName};
use crate::sql::Cursor;
use crate::sql::lexer::TokenKind;
use crate::sql::recognise::code::{Language, Part};

/// The schemas that `part` names, as bytes of the part.
pub(super) fn names(part: &Part<'_>) -> Vec<SchemaName> {
    let mut walk = Walk {
        cursor: part.cursor(),
        language: part.language(),
        alters: false,
        expect: Expect::Nothing,
        after_name: Expect::Nothing,
        parentheses: &[],
        level: Level::default(),
        outer: Vec::new(),
        last: "",
        before_last: "",
        names: Vec::new(),
    };
    if part.is_declaration {
        walk.cursor.identifier();
        walk.expect = Expect::Name(Role::Named);
    } else {
        let head = head(&mut walk.cursor);
        walk.alters = head.alters;
        walk.expect = head.expect;
        walk.after_name = head.after_name;
        walk.parentheses = head.parentheses;
        walk.level.list = head.list;
    }
    while walk.step().is_some() {}
    walk.names
}

struct Walk<'p> {
    cursor: Cursor<'p>,
    language: Language,
    /// Whether the statement is an ALTER.
    alters: bool,
    expect: Expect,
    /// What is expected after the name that is expected now.
    after_name: Expect,
    /// What the statement's next parentheses hold.
    parentheses: &'static [List],
    level: Level,
    outer: Vec<Level>,
    /// The token before, of a dotted name its last part.
    last: &'p str,
    before_last: &'p str,
    names: Vec<SchemaName>,
}

impl<'p> Walk<'p> {
    fn step(&mut self) -> Option<()> {
        let token = self.cursor.peek()?.clone();
        let mut written = self.cursor.text_of(&token);
        let expected = std::mem::take(&mut self.expect);
        match token.kind {
            TokenKind::Word | TokenKind::QuotedIdentifier => {
                let path = self.path(expected != Expect::Nothing);
                if let Some(part) = path.last() {
                    written = part.written;
                }
                self.identifier(expected, token.kind, &path);
            }
            TokenKind::String | TokenKind::DollarString => {
                let before = (self.before_last, self.last);
                self.names.extend(literal::read(&mut self.cursor, before));
            }
            kind => {
                self.cursor.advance();
                self.mark(expected, kind, written);
            }
        }
        self.before_last = std::mem::replace(&mut self.last, written);
        Some(())
    }

    /// Reads `a.b.c`. An operator is a part if a name is expected, as in `operator(a.+)`; else it is the star of `a.*`.
    fn path(&mut self, is_expected: bool) -> Vec<PathPart<'p>> {
        let mut parts = Vec::new();
        while let Some(token) = self.cursor.peek().cloned() {
            let written = self.cursor.text_of(&token);
            let name = match self.cursor.identifier() {
                Some(name) => name,
                None if parts.is_empty() => {
                    self.cursor.advance();
                    break;
                }
                None if is_expected && self.cursor.mark(TokenKind::Operator) => written.to_owned(),
                None => break,
            };
            parts.push(PathPart {
                name,
                written,
                span: token.span,
            });
            if !self.cursor.mark(TokenKind::Dot) {
                break;
            }
        }
        parts
    }

    fn identifier(&mut self, expected: Expect, kind: TokenKind, path: &[PathPart<'_>]) {
        let is_item_start = self.level.item == Item::Nothing;
        if is_item_start {
            self.level.item = Item::Something;
        }
        let [only] = path else {
            return self.dotted(expected, path);
        };
        if let Expect::Schema(role) = expected {
            self.names.push(SchemaName {
                schema: only.name.clone(),
                span: only.span.clone(),
                role,
            });
            // The commas of what follows, such as `to r, s`, are others.
            if self.next() != Some(TokenKind::Comma) {
                self.level.list = List::Nothing;
            }
        } else if is_item_start && self.level.list == List::Columns {
            // After LIKE, which may stand in a column's place, comes a name too.
            self.expect = Expect::Name(Role::Named);
        } else if kind == TokenKind::Word {
            self.keyword(expected, &only.name);
        }
        if matches!(expected, Expect::Relation(_)) && self.expect == Expect::Nothing {
            self.expect = std::mem::take(&mut self.after_name);
        }
    }

    fn dotted(&mut self, expected: Expect, path: &[PathPart<'_>]) {
        let role = match expected {
            Expect::Name(role) | Expect::Relation(role) | Expect::Column(role) => Some(role),
            Expect::Nothing => self.is_name_by_place().then_some(Role::Named),
            Expect::Schema(_) => None,
        };
        let is_column = matches!(expected, Expect::Column(_)) || self.is_type_of_column();
        let schema = path.len().checked_sub(if is_column { 3 } else { 2 });
        if let (Some(role), Some(schema), Some(last)) =
            (role, schema.and_then(|at| path.get(at)), path.last())
        {
            self.names.push(SchemaName {
                schema: schema.name.clone(),
                span: schema.span.start..last.span.end,
                role,
            });
        }
        self.expect = std::mem::take(&mut self.after_name);
    }

    /// Whether a dotted name that was just read is no column, whatever stands before it: what is called, a constant's type,
    /// or an item of a list of names.
    fn is_name_by_place(&self) -> bool {
        match self.level.list {
            _ if matches!(self.next(), Some(TokenKind::OpenParen | TokenKind::String)) => true,
            List::Types => self.level.item != Item::UpToValue,
            List::Definition => self.level.item == Item::UpToValue,
            _ => false,
        }
    }

    /// Whether `%TYPE` follows: then the name is a column's.
    fn is_type_of_column(&self) -> bool {
        let mut ahead = self.cursor.clone();
        let percent = ahead.advance();
        percent.is_some_and(|token| ahead.text_of(&token) == "%") && ahead.keyword("type")
    }

    fn keyword(&mut self, expected: Expect, word: &str) {
        let named = Expect::Relation(Role::Named);
        match word {
            "only" | "lateral" | "setof" | "constant" => self.expect = expected,
            "from" if self.level.has_from_argument || self.is_distinct_from() => {}
            "from" => {
                self.level.has_using_items = self.is_after(&["delete"]);
                self.items();
            }
            "using" if self.level.has_using_items => self.items(),
            "into" => {
                self.end_items();
                self.level.has_using_items = self.is_after(&["merge"]);
                if self.is_after(&["insert", "merge"]) {
                    self.expect = named;
                } else if self.language == Language::Sql {
                    // SELECT INTO makes a table; in PL/pgSQL it sets variables.
                    self.expect = Expect::Relation(Role::Changed);
                }
            }
            "table" if self.is_after(&["returns"]) => self.parentheses = &[List::Columns],
            "join" | "update" | "table" | "references" | "inherit" | "operator" => {
                self.expect = named;
            }
            "as" if self.parentheses == [List::Definition]
                && self.next() == Some(TokenKind::OpenParen) =>
            {
                self.parentheses = &[List::Columns];
            }
            "as" | "collate" | "of" | "returns" | "type" => self.expect = Expect::Name(Role::Named),
            "inherits" => self.parentheses = &[List::Names(Role::Named)],
            "name" if self.is_after(&["sequence"]) => self.expect = Expect::Name(Role::Changed),
            "partition" if self.is_after(&["attach", "detach"]) => {
                self.expect = Expect::Relation(Role::Changed);
            }
            "by" if self.is_after(&["owned"]) => self.expect = Expect::Column(Role::Named),
            "schema" if self.alters && self.is_after(&["set"]) => {
                self.expect = Expect::Schema(Role::Changed);
            }
            "add" if self.alters => {
                self.cursor.keyword_of(&["column", "attribute"]);
                self.cursor.keyword("if not exists");
                self.cursor.identifier();
                self.expect = Expect::Name(Role::Named);
            }
            "default" => self.level.item = Item::UpToValue,
            _ if ENDS_FROM.contains(&word) => self.end_items(),
            _ => {}
        }
    }

    /// The items of a FROM, or of the USING that is one, come next.
    fn items(&mut self) {
        self.level.list = List::From;
        self.expect = self.level.next_item();
    }

    fn end_items(&mut self) {
        if self.level.list == List::From {
            self.level.list = List::Nothing;
        }
    }

    fn is_distinct_from(&self) -> bool {
        let is = ["is", "not"];
        self.is_after(&["distinct"]) && is.iter().any(|w| w.eq_ignore_ascii_case(self.before_last))
    }

    fn is_after(&self, words: &[&str]) -> bool {
        words
            .iter()
            .any(|word| word.eq_ignore_ascii_case(self.last))
    }

    fn next(&self) -> Option<TokenKind> {
        self.cursor.peek().map(|token| token.kind)
    }

    fn mark(&mut self, expected: Expect, kind: TokenKind, written: &str) {
        match kind {
            TokenKind::OpenParen => self.open(expected),
            TokenKind::OpenBracket => self.enter(Level::default()),
            TokenKind::CloseParen | TokenKind::CloseBracket => {
                self.level = self.outer.pop().unwrap_or_default();
            }
            TokenKind::Comma => self.expect = self.level.next_item(),
            // A field of what stands before: `(a).b`.
            TokenKind::Dot => {
                self.path(false);
            }
            TokenKind::Operator => match written {
                "::" => self.expect = Expect::Name(Role::Named),
                "=" | ":=" => self.level.item = Item::UpToValue,
                _ => {}
            },
            _ => {}
        }
    }

    fn open(&mut self, expected: Expect) {
        let is_outermost = self.outer.is_empty();
        // `drop function f(a), g(b)`: what the parentheses hold is true of all.
        let is_same_for_all = matches!(self.level.list, List::Names(_));
        self.enter(Level {
            has_from_argument: self.is_after(&["extract", "overlay", "substring", "trim"]),
            ..Level::default()
        });
        if let Expect::Relation(_) = expected {
            self.expect = expected;
        } else if is_outermost && let Some((list, rest)) = self.parentheses.split_first() {
            if !is_same_for_all {
                self.parentheses = rest;
            }
            self.level.list = *list;
            self.expect = self.level.next_item();
        }
    }

    fn enter(&mut self, level: Level) {
        self.outer.push(std::mem::replace(&mut self.level, level));
    }
}

/// One of the names between the dots.
struct PathPart<'p> {
    name: String,
    written: &'p str,
    span: Range<usize>,
}

/// The words after which a comma parts no items of FROM.
const ENDS_FROM: [&str; 15] = [
    "except",
    "fetch",
    "for",
    "group",
    "having",
    "intersect",
    "limit",
    "offset",
    "order",
    "returning",
    "select",
    "set",
    "union",
    "where",
    "window",
];
