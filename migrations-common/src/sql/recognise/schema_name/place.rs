//! Where in a statement something stands.

use super::Role;

/// What stands next, if the tokens before it say so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Expect {
    #[default]
    Nothing,
    /// A name, right here.
    Name(Role),
    /// A name, in parentheses too.
    Relation(Role),
    /// A column after its table.
    Column(Role),
    /// A schema by itself.
    Schema(Role),
}

/// What stands between the commas in a pair of parentheses, or in the statement itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum List {
    #[default]
    Nothing,
    /// The items of FROM.
    From,
    Names(Role),
    Schemas(Role),
    /// Columns with their types.
    Columns,
    /// Types, each perhaps after a name; a default may follow.
    Types,
    /// `option = value`, where a value may be a name.
    Definition,
}

/// A pair of parentheses or brackets, or the statement itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Level {
    pub(super) list: List,
    pub(super) item: Item,
    /// Whether FROM parts the arguments of a function: `extract(year from a.b)`.
    pub(super) has_from_argument: bool,
    /// Whether relations follow USING.
    pub(super) has_using_items: bool,
}

/// How much of a list's item was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Item {
    Nothing,
    #[default]
    Something,
    /// `=` or DEFAULT, which a value follows.
    UpToValue,
}

impl Level {
    /// Begins an item of the list; says what stands first in it.
    pub(super) fn next_item(&mut self) -> Expect {
        self.item = Item::Nothing;
        match self.list {
            List::From => Expect::Relation(Role::Named),
            List::Names(role) => Expect::Relation(role),
            List::Schemas(role) => Expect::Schema(role),
            List::Nothing | List::Columns | List::Types | List::Definition => Expect::Nothing,
        }
    }
}
