//! Two series that touch one object: where they meet without having agreed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use migrations_effects::verdict::Compared;
use migrations_effects::{Effect, Object};

use super::landscape::{Landscape, NewScripts};
use super::meeting::{Meeting, Pair};
use super::models::Model;
use super::ownership::is_change;
use crate::new_migrations::Origin;

/// What a finding is about: a table, a type, a function, a schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Thing {
    /// What it is, where its name does not say that: `schema`, `extension`.
    kind: Option<String>,
    name: String,
}

impl Thing {
    fn of(effect: &Effect) -> Option<Thing> {
        let (kind, name) = match &effect.object {
            Object::Anything => return None,
            Object::Schema(name) => (Some("schema".to_owned()), name.clone()),
            Object::Other { kind, name } => (Some(kind.clone()), name.to_string()),
            object => (None, object.name()?.to_string()),
        };
        Some(Thing { kind, name })
    }

    /// As it stands in documents: `users`, `schema public`.
    pub(super) fn label(&self) -> String {
        match &self.kind {
            Some(kind) => format!("{kind} {}", self.name),
            None => self.name.clone(),
        }
    }
}

/// As it stands in sentences, with the name in backquotes.
impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Some(kind) => write!(f, "{kind} `{}`", self.name),
            None => write!(f, "`{}`", self.name),
        }
    }
}

/// All series, made ready to be compared with each other.
pub(super) struct Comparison<'s, 'n> {
    scripts: &'s [NewScripts<'n>],
    compared: Compared<'s>,
    /// What each changes, and by which effect first in each migration that does.
    changes: Vec<BTreeMap<Thing, Vec<usize>>>,
    /// What several change.
    contended: BTreeSet<Thing>,
}

impl<'s, 'n> Comparison<'s, 'n> {
    pub(super) fn of(scripts: &'s [NewScripts<'n>]) -> Self {
        let effects: Vec<&[Effect]> = scripts.iter().map(|one| &*one.effects).collect();
        let changes: Vec<_> = scripts.iter().map(changes).collect();
        let mut seen = BTreeSet::new();
        let contended = (changes.iter().flat_map(BTreeMap::keys))
            .filter(|thing| !seen.insert(*thing))
            .cloned()
            .collect();
        Comparison {
            scripts,
            compared: Compared::of(&effects),
            changes,
            contended,
        }
    }

    /// The pairs of series that are compared, by their numbers: what is new here with everything else that is new in the
    /// same database.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let all = || self.scripts.iter().enumerate();
        let here = all().filter(|(_, one)| one.series.origin == Origin::Here);
        here.flat_map(move |(at, a)| {
            all()
                .filter(move |(other, b)| {
                    // Two that are both here meet once, and are of two apps; the series of one app run in their order.
                    let once = b.series.origin != Origin::Here
                        || (at < *other && a.series.series.app != b.series.series.app);
                    at != *other && a.place == b.place && once
                })
                .map(move |(other, _)| (at, other))
        })
    }

    /// Where the series `a` and `b` meet without having agreed.
    pub(super) fn meetings(
        &self,
        (a, b): (usize, usize),
        landscape: &Landscape,
        models: &[Model],
    ) -> Vec<Meeting<'s, 'n>> {
        let clashes = self.compared.between(a, b).clashes;
        let side = |at| Some((self.scripts.get(at)?, self.changes.get(at)?));
        let (Some((a, in_a)), Some((b, in_b))) = (side(a), side(b)) else {
            return Vec::new();
        };
        let mut met: BTreeMap<Thing, Vec<Pair>> = BTreeMap::new();
        for clash in clashes {
            if let Some(thing) = a.effects.get(clash.a).and_then(Thing::of) {
                met.entry(thing).or_default().push(Pair::clashing(clash));
            }
        }
        for thing in &self.contended {
            if let (Some(of_a), Some(of_b)) = (in_a.get(thing), in_b.get(thing)) {
                let pairs = met.entry(thing.clone()).or_default();
                let at = |in_a: usize, in_b: usize| (a.of.get(in_a), b.of.get(in_b));
                let clashing: BTreeSet<_> = pairs.iter().map(|pair| at(pair.a, pair.b)).collect();
                let beside = of_b.iter().flat_map(|b| of_a.iter().map(|a| (*a, *b)));
                let beside = beside.filter(|(a, b)| !clashing.contains(&at(*a, *b)));
                pairs.extend(beside.map(|(a, b)| Pair::beside(a, b)));
            }
        }
        (met.into_iter())
            .filter_map(|(thing, pairs)| {
                let change = (in_a.contains_key(&thing), in_b.contains_key(&thing));
                Meeting::of((a, b), thing, change, pairs, landscape, models)
            })
            .collect()
    }
}

/// What a series changes, and by which effect first in each migration that does.
fn changes(scripts: &NewScripts<'_>) -> BTreeMap<Thing, Vec<usize>> {
    let mut changes: BTreeMap<Thing, Vec<usize>> = BTreeMap::new();
    for (index, effect) in scripts.effects.iter().enumerate() {
        if let Some(thing) = Thing::of(effect).filter(|_| is_change(effect)) {
            let known = changes.entry(thing).or_default();
            let same = |last: &usize| scripts.of.get(*last) == scripts.of.get(index);
            if !known.last().is_some_and(same) {
                known.push(index);
            }
        }
    }
    changes
}
