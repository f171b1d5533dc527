//! What one statement does to one object.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::name::Name;

/// What was read of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// Each statement's bytes, without the semicolon.
    pub statements: Vec<Range<usize>>,
    /// What they do, in the order of the text.
    pub effects: Vec<Effect>,
}

/// What a statement does to one object, or needs of it.
///
/// Whoever does something to a part of a table needs the table too; that goes without saying and has no effect of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// To what.
    pub object: Object,
    /// What it does.
    pub action: Action,
    /// Bytes of the file that a caret shows: the name, where there is one.
    pub span: Range<usize>,
    /// Which statement of the file, from 0.
    pub statement: usize,
    /// Whether it happens at all, and when.
    pub certainty: Certainty,
}

/// Whether an effect happens, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Certainty {
    /// It happens when the migration runs.
    Certain,
    /// It may: it stands in a branch, a loop or a handler of a block.
    Conditional,
    /// It happens, or is looked up, only when somebody calls the function in whose body it stands.
    Late,
}

/// What has effects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Object {
    /// A table, view, materialized view, sequence, index or composite type: they share one space of names.
    Relation(Name),
    /// A part of a relation.
    Part(Name, Part),
    /// An enum, domain, range or base type. A table's row type is its relation.
    Type(Name),
    /// Functions, procedures and aggregates of one name; the definition tells them apart.
    Routine(Name),
    /// A schema.
    Schema(String),
    /// Anything else that has a name: `extension`, `role`, `publication`, `operator`, `collation`, `cast` …
    Other {
        /// In lower case, singular, as SQL says it.
        kind: String,
        /// Its name; without schemas if it lives in none.
        name: Name,
    },
    /// Nobody can tell what.
    Anything,
}

/// A part of a relation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Part {
    /// A column, also of a view or a composite type.
    Column(String),
    /// A constraint. A unique one has an index of the same name, which shares the space of relations' names.
    Constraint(String),
    /// An index on the table; there is an effect on the index as a relation too.
    Index(String),
    /// A trigger.
    Trigger(String),
    /// A row security policy.
    Policy(String),
    /// A rule.
    Rule(String),
    /// The rows.
    Rows,
}

/// What is done to an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// It is made.
    Create {
        /// The text that defines it, in lower case outside of quotes, without comments, one blank between tokens.
        definition: String,
        /// `IF NOT EXISTS`: nothing happens if the name is taken.
        tolerant: bool,
        /// `OR REPLACE`.
        replace: bool,
        /// PostgreSQL chooses the name; a second one of the same name gets a number.
        unnamed: bool,
    },
    /// It goes.
    Drop {
        /// `IF EXISTS`.
        tolerant: bool,
        /// `CASCADE`. What goes with it is unknown, and has an effect of its own on [`Object::Anything`].
        cascade: bool,
    },
    /// Its name goes. The new name has an effect of its own: `Create`.
    Rename {
        /// The new name.
        to: String,
    },
    /// It goes to another schema. The new name has an effect of its own: `Create`.
    Move {
        /// The new schema.
        to: String,
    },
    /// One of its attributes changes.
    Set {
        /// Which.
        attribute: Attribute,
        /// To what: normalised text, so that equal values are equal.
        value: String,
    },
    /// It must be there, or as it is.
    Need(Need),
    /// Rows are read; only of [`Part::Rows`].
    Read {
        /// Which columns decide or are seen.
        columns: Columns,
    },
    /// Rows change; only of [`Part::Rows`].
    Write {
        /// How.
        change: RowChange,
        /// Which columns get a value.
        columns: Columns,
    },
    /// It runs; only of routines.
    Call,
    /// What happens cannot be read from the text.
    Unknown {
        /// Why not, as the end of a sentence: `the statement is built when it runs`.
        why: String,
    },
}

/// What an effect needs of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Need {
    /// That it is there under this name.
    Existence,
    /// Its type, in a way that keeps the type from changing: a view, a policy, a generated column, a trigger's WHEN.
    Type,
    /// Its type, in a way that follows it: an index or a constraint is rebuilt when the column's type changes.
    Operators,
    /// The set of a relation's columns: `select *`, `insert` without a list of columns, a row type; only of relations.
    Columns,
    /// All of a relation's definition, which LIKE, INHERITS and PARTITION OF copy; only of relations.
    Definition,
    /// A unique key: what a foreign key refers to, what ON CONFLICT infers; of the relation's columns.
    Key,
    /// The primary key, whichever columns it has: a foreign key that names none refers to it; of the relation.
    PrimaryKey,
    /// A column's default: `values (default)`.
    Default,
}

/// What can change about an object. One value at a time holds for each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Attribute {
    /// A column's type and collation.
    Type,
    /// A column's or domain's default; `none` if it goes.
    Default,
    /// `not null` or `null`.
    Nullability,
    /// `add …`, `set …`, `drop`: whether and how a column is an identity column.
    Identity,
    /// A generated column's expression.
    Generated,
    /// Statistics target.
    Statistics,
    /// Storage.
    Storage,
    /// Compression.
    Compression,
    /// The comment.
    Comment,
    /// A storage parameter or another option by its name; also a routine's, a sequence's, a role's.
    Option(String),
    /// A privilege on the object: `granted`, `granted with grant option` or `revoked`.
    Privilege {
        /// To whom.
        grantee: String,
        /// `select`, `insert` …; a column's privilege belongs to the column.
        privilege: String,
    },
    /// The owner.
    Owner,
    /// `ENABLE`/`DISABLE ROW LEVEL SECURITY`.
    RowSecurity,
    /// `FORCE`/`NO FORCE ROW LEVEL SECURITY`.
    ForceRowSecurity,
    /// `logged` or `unlogged`.
    Persistence,
    /// Replica identity.
    ReplicaIdentity,
    /// The index that CLUSTER uses.
    Cluster,
    /// The tablespace.
    Tablespace,
    /// The access method.
    AccessMethod,
    /// Whether it is a child of this relation: `inherit`, `no inherit`, `attach …`, `detach`.
    Parent(String),
    /// Whether a constraint has been validated.
    Validated,
    /// A constraint's DEFERRABLE, INITIALLY, ENFORCED.
    Deferrability,
    /// Whether a trigger or rule fires.
    Enabled,
    /// The labels of an enum: `add 'x' after 'y'`, `rename 'x' to 'y'`. Their order counts.
    Labels,
    /// Where a sequence stands: setval, RESTART.
    Position,
    /// The column that owns a sequence.
    OwnedBy,
    /// A policy's roles and expressions.
    Policy,
    /// What an extension, publication, text search configuration … consists of.
    Members,
}

/// Columns of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Columns {
    /// All of them, or nobody can tell which.
    All,
    /// These.
    Some(BTreeSet<String>),
}

/// How rows change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RowChange {
    /// New rows. Columns without a value get their default.
    Insert,
    /// Other values.
    Update,
    /// Rows go.
    Delete,
    /// All rows go.
    Truncate,
}

impl Effect {
    /// Whether it uses its object and leaves it as it is.
    pub fn is_reference(&self) -> bool {
        matches!(
            self.action,
            Action::Need(_) | Action::Read { .. } | Action::Call
        )
    }
}

impl Object {
    /// A column of `relation`.
    pub fn column(relation: &Name, column: impl Into<String>) -> Self {
        Object::Part(relation.clone(), Part::Column(column.into()))
    }

    /// An object of a kind that has no variant: `Object::other("extension", …)`.
    pub fn other(kind: impl Into<String>, name: Name) -> Self {
        let kind = kind.into();
        Object::Other { kind, name }
    }

    /// The rows of `relation`.
    pub fn rows(relation: &Name) -> Self {
        Object::Part(relation.clone(), Part::Rows)
    }

    /// Its name, or that of the relation that it is a part of; none of a schema.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Object::Relation(name)
            | Object::Part(name, _)
            | Object::Type(name)
            | Object::Routine(name)
            | Object::Other { name, .. } => Some(name),
            Object::Schema(_) | Object::Anything => None,
        }
    }

    pub(crate) fn name_mut(&mut self) -> Option<&mut Name> {
        match self {
            Object::Relation(name)
            | Object::Part(name, _)
            | Object::Type(name)
            | Object::Routine(name)
            | Object::Other { name, .. } => Some(name),
            Object::Schema(_) | Object::Anything => None,
        }
    }

    /// The relation that it is, or that it is a part of.
    pub fn relation(&self) -> Option<&Name> {
        match self {
            Object::Relation(name) | Object::Part(name, _) => Some(name),
            _ => None,
        }
    }
}

impl Attribute {
    /// Whether it says something about an object and changes nothing that the object does.
    pub(crate) fn is_remark(&self) -> bool {
        matches!(
            self,
            Attribute::Comment | Attribute::Privilege { .. } | Attribute::Owner
        )
    }
}

impl Columns {
    /// Whether some column may be in both.
    pub fn overlap(&self, other: &Columns) -> bool {
        match (self, other) {
            (Columns::All, _) | (_, Columns::All) => true,
            (Columns::Some(a), Columns::Some(b)) => !a.is_disjoint(b),
        }
    }

    /// Whether `column` may be among them.
    pub fn contain(&self, column: &str) -> bool {
        match self {
            Columns::All => true,
            Columns::Some(names) => names.contains(column),
        }
    }
}
