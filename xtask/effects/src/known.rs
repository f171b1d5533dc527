//! What is known of a database from the migrations that were read: it says more about an effect than its own text does.

mod learn;
mod settle;

use std::collections::{BTreeMap, BTreeSet};

use crate::effect::Effect;
use crate::name::Name;

/// What migrations make, and how it hangs together.
///
/// Names are settled by what is known, and effects lead to others: who drops an index changes its table, who writes to a
/// table runs its triggers.
#[derive(Clone, Debug, Default)]
pub struct Known {
    objects: BTreeSet<Key>,
    links: BTreeMap<Key, BTreeSet<Link>>,
    /// What the body of a function does when it is called.
    bodies: BTreeMap<Key, Vec<Effect>>,
}

/// A name in one schema. Relations, types and routines of one name are told apart by their links.
type Key = (String, String);

/// How an object hangs on another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Link {
    /// It is an index, or a constraint's index, of this table.
    IndexOf(Name),
    /// It is a sequence that belongs to a column of this table.
    SequenceOf(Name),
    /// It is a view that shows this relation.
    Shows(Name),
    /// Changes of its rows run this function: a trigger's, a default's, a check's. A view runs it for its readers.
    Fires(Name),
    /// Its foreign key refers to this table.
    RefersTo(Name),
    /// This table's foreign key refers to it.
    ReferredBy {
        /// The referring table.
        table: Name,
        /// Whether its rows change with those they refer to: CASCADE, SET NULL.
        follows: bool,
    },
    /// It is a partition or heir of this table.
    ChildOf(Name),
    /// This table is its partition or heir.
    ParentOf(Name),
    /// It is a type, and this table has a column of it.
    TypeIn(Name),
}

impl Known {
    /// Whether some migration makes an object of this name.
    pub fn has(&self, schema: &str, name: &str) -> bool {
        self.objects.contains(&(schema.to_owned(), name.to_owned()))
    }

    fn links<'k>(&'k self, name: &'k Name) -> impl Iterator<Item = &'k Link> {
        (keys(name).filter_map(|key| self.links.get(&key))).flatten()
    }

    fn link(&mut self, from: &Name, link: &Link) {
        for key in keys(from) {
            self.links.entry(key).or_default().insert(link.clone());
        }
    }
}

/// A name in each schema that it may be in.
fn keys(name: &Name) -> impl Iterator<Item = Key> {
    (name.schemas.iter()).map(|schema| (schema.clone(), name.name.clone()))
}
