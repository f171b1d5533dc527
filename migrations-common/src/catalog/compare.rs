//! What one set of facts has otherwise than another.

mod inherited;
mod order;

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::iter::Peekable;

use serde_json::Value;

use super::facts::{Fact, Facts};

/// One thing that is otherwise; in words by `Display`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is about: [`Fact::kind`].
    pub kind: String,
    /// Which: [`Fact::key`].
    pub key: String,
    /// How it differs.
    pub change: Change,
}

impl Difference {
    /// Whether nothing but the position of a column differs: what two series that each add a column always leave.
    pub fn is_position_alone(&self) -> bool {
        match &self.change {
            Change::Changed(attributes) => attributes.keys().all(|name| name == "position"),
            Change::Missing | Change::Extra => false,
        }
    }
}

/// How a fact differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the left has it.
    Missing,
    /// Only the right has it.
    Extra,
    /// Both have it; the attributes that differ.
    Changed(BTreeMap<String, Sides>),
}

/// An attribute on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides {
    /// What is expected.
    pub left: Option<Value>,
    /// What there is.
    pub right: Option<Value>,
}

/// What `right` has otherwise than `left`, by kind and key.
///
/// What hangs on a table that is missing or extra goes without saying; so does an index with its constraint, and a
/// sequence with its column, and what a partition or a child inherits with what its parent has. Of columns that both sides have, but in another order, those are named that were moved.
/// Nothing differs only if the facts are equal.
pub fn compare(left: &Facts, right: &Facts) -> Vec<Difference> {
    let mut pairs = Vec::new();
    let (mut lefts, mut rights) = (left.iter().peekable(), right.iter().peekable());
    while let Some(pair) = next_pair(&mut lefts, &mut rights) {
        pairs.push(pair);
    }
    let only_left = Alone::of(pairs.iter().filter_map(|pair| match pair {
        Pair::Left(fact) => Some(*fact),
        _ => None,
    }));
    let only_right = Alone::of(pairs.iter().filter_map(|pair| match pair {
        Pair::Right(fact) => Some(*fact),
        _ => None,
    }));
    let ignored = Ignored {
        staying: order::staying(left, right),
        other_parents: other_parents(&pairs),
    };
    let differences: Vec<Difference> = pairs
        .into_iter()
        .filter_map(|pair| {
            let (fact, change) = match pair {
                Pair::Left(fact) if only_left.implies(fact) => return None,
                Pair::Left(fact) => (fact, Change::Missing),
                Pair::Right(fact) if only_right.implies(fact) => return None,
                Pair::Right(fact) => (fact, Change::Extra),
                Pair::Both(left, right) if only_left.implies(left) && only_right.implies(right) => {
                    return None;
                }
                Pair::Both(left, right) => {
                    let changed = changed(left, right, &ignored);
                    if changed.is_empty() {
                        return None;
                    }
                    (right, Change::Changed(changed))
                }
            };
            Some(Difference {
                kind: fact.kind.clone(),
                key: fact.key.clone(),
                change,
            })
        })
        .collect();
    inherited::without(differences, left, right)
}

enum Pair<'a> {
    Left(&'a Fact),
    Right(&'a Fact),
    Both(&'a Fact, &'a Fact),
}

/// The next of two ordered sequences, matched by name.
fn next_pair<'a>(
    lefts: &mut Peekable<impl Iterator<Item = &'a Fact>>,
    rights: &mut Peekable<impl Iterator<Item = &'a Fact>>,
) -> Option<Pair<'a>> {
    let order = match (lefts.peek(), rights.peek()) {
        (None, None) => return None,
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (Some(left), Some(right)) => left.name().cmp(&right.name()),
    };
    Some(match order {
        Ordering::Less => Pair::Left(lefts.next()?),
        Ordering::Greater => Pair::Right(rights.next()?),
        Ordering::Equal => Pair::Both(lefts.next()?, rights.next()?),
    })
}

/// What decides that an attribute's difference follows from another.
struct Ignored<'a> {
    staying: HashSet<(&'a str, &'a str)>,
    /// The tables that have another parent: all that they inherit is inherited otherwise.
    other_parents: HashSet<&'a str>,
}

fn other_parents<'a>(pairs: &[Pair<'a>]) -> HashSet<&'a str> {
    let key = |pair: &Pair<'a>| match pair {
        Pair::Both(left, right) => {
            let inherits = |fact: &'a Fact| fact.attributes.get("inherits");
            (inherits(left) != inherits(right)).then_some(left.key.as_str())
        }
        _ => None,
    };
    pairs.iter().filter_map(key).collect()
}

fn changed(left: &Fact, right: &Fact, ignored: &Ignored<'_>) -> BTreeMap<String, Sides> {
    let stays = ignored.staying.contains(&left.name());
    let is_moved_along = left
        .text("of")
        .is_some_and(|of| ignored.other_parents.contains(of));
    let follows = |name: &str| match name {
        "position" => stays,
        "inherited" | "attached_to" => is_moved_along,
        _ => false,
    };
    let names = left.attributes.keys().chain(right.attributes.keys());
    names
        .filter(|name| !follows(name))
        .filter_map(|name| {
            let (left, right) = (left.attributes.get(name), right.attributes.get(name));
            (left != right).then(|| {
                let sides = Sides {
                    left: left.cloned(),
                    right: right.cloned(),
                };
                (name.clone(), sides)
            })
        })
        .collect()
}

/// The facts that only one side has.
struct Alone<'a>(HashSet<(&'a str, &'a str)>);

/// What others may hang on, by their attribute `of`.
const PARENTS: [&str; 6] = [
    "table",
    "view",
    "materialized view",
    "foreign table",
    "type",
    "domain",
];

impl<'a> Alone<'a> {
    fn of(facts: impl Iterator<Item = &'a Fact>) -> Self {
        Alone(facts.map(Fact::name).collect())
    }

    /// Whether what `fact` hangs on is among these.
    fn implies(&self, fact: &Fact) -> bool {
        let has = |kind: &str, attribute: &str| {
            let key = fact.text(attribute);
            key.is_some_and(|key| self.0.contains(&(kind, key)))
        };
        PARENTS.iter().any(|kind| has(kind, "of"))
            || has("constraint", "constraint")
            || has("column", "owned_by")
    }
}

#[cfg(test)]
mod tests;
