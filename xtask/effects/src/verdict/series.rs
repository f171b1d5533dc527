//! Two series of effects, and where they clash.

use std::collections::HashMap;

use super::pair::{Ruling, disputed};
use super::{Side, Verdict};
use crate::effect::{Action, Attribute, Certainty, Effect, Object};

/// Two effects that do not commute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Which effect of the first series.
    pub a: usize,
    /// Which effect of the second.
    pub b: usize,
    /// What the table says of them.
    pub ruling: Ruling,
}

/// What the table says of two series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The worst of the clashes; unknown at least if one of the two has an effect that cannot be read.
    pub verdict: Verdict,
    /// Who should come first, if all clashes that care agree on it.
    pub first: Option<Side>,
    /// Every pair of effects that does not commute.
    pub clashes: Vec<Clash>,
}

/// Compares each effect of `a` with each of `b`.
pub fn between(a: &[Effect], b: &[Effect]) -> Judgement {
    Compared::of(&[a, b]).between(0, 1)
}

/// Many series, made ready to be compared with each other: most of what each does, no other has to do with.
#[derive(Debug)]
pub struct Compared<'e> {
    series: Vec<Series<'e>>,
}

#[derive(Debug)]
struct Series<'e> {
    effects: &'e [Effect],
    /// Whether something happens that cannot be read from the text. What a function's body hides happens only when it is
    /// called.
    is_unread: bool,
    /// Effects that may meet one of another series, and the keys by which.
    seeking: Vec<(usize, Vec<Key<'e>>)>,
    /// Those effects by the keys under which others find them.
    found: HashMap<Key<'e>, Found>,
}

/// What stands under a key.
#[derive(Debug, Default)]
struct Found {
    changes: Vec<usize>,
    /// Two of them never clash.
    references: Vec<usize>,
}

/// Which series have something under a key.
#[derive(Debug, Default)]
struct Holders {
    changing: Holder,
    referring: Holder,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Holder {
    #[default]
    Nobody,
    One(usize),
    Several,
}

impl Holder {
    fn add(&mut self, series: usize) {
        *self = match *self {
            Holder::Nobody => Holder::One(series),
            Holder::One(known) if known == series => Holder::One(series),
            _ => Holder::Several,
        };
    }

    fn is_another_than(self, series: usize) -> bool {
        !matches!(self, Holder::Nobody) && self != Holder::One(series)
    }
}

impl<'e> Compared<'e> {
    /// Of the effects of each series.
    pub fn of(series: &[&'e [Effect]]) -> Self {
        let mut holders: HashMap<Key<'_>, Holders> = HashMap::new();
        for (at, effects) in series.iter().enumerate() {
            for effect in *effects {
                for key in keys(effect) {
                    let holders = holders.entry(key).or_default();
                    if effect.is_reference() {
                        holders.referring.add(at);
                    } else {
                        holders.changing.add(at);
                    }
                }
            }
        }
        let series = series.iter().enumerate().map(|(at, effects)| {
            let mut seeking = Vec::new();
            let mut found: HashMap<Key<'_>, Found> = HashMap::new();
            for (index, effect) in effects.iter().enumerate() {
                let is_reference = effect.is_reference();
                let mut sought = sought(effect);
                sought.retain(|key| {
                    holders.get(key).is_some_and(|holders| {
                        holders.changing.is_another_than(at)
                            || !is_reference && holders.referring.is_another_than(at)
                    })
                });
                // To find is mutual: who seeks nothing that others hold is not found by them either.
                if sought.is_empty() {
                    continue;
                }
                seeking.push((index, sought));
                for key in keys(effect) {
                    let found = found.entry(key).or_default();
                    if is_reference {
                        found.references.push(index);
                    } else {
                        found.changes.push(index);
                    }
                }
            }
            Series {
                effects,
                is_unread: is_unread(effects),
                seeking,
                found,
            }
        });
        Compared {
            series: series.collect(),
        }
    }

    /// Compares each effect of the series number `a` with each of number `b`, from 0.
    pub fn between(&self, a: usize, b: usize) -> Judgement {
        let (Some(a), Some(b)) = (self.series.get(a), self.series.get(b)) else {
            return Judgement {
                verdict: Verdict::Commutes,
                first: None,
                clashes: Vec::new(),
            };
        };
        let clashes = clashes(a, b);
        let worst = clashes.iter().map(|clash| clash.ruling.verdict).max();
        let unread =
            (a.is_unread && !b.effects.is_empty()) || (b.is_unread && !a.effects.is_empty());
        let floor = if unread {
            Verdict::Unknown
        } else {
            Verdict::Commutes
        };
        let mut firsts = clashes.iter().filter_map(|clash| clash.ruling.first);
        let first = firsts.next();
        let agreed = firsts.all(|other| Some(other) == first);
        Judgement {
            verdict: worst.unwrap_or(Verdict::Commutes).max(floor),
            first: first.filter(|_| agreed),
            clashes,
        }
    }
}

fn is_unread(effects: &[Effect]) -> bool {
    (effects.iter())
        .any(|effect| effect.object == Object::Anything && effect.certainty != Certainty::Late)
}

fn clashes(a: &Series<'_>, b: &Series<'_>) -> Vec<Clash> {
    let mut clashes = Vec::new();
    for (index, sought) in &a.seeking {
        let Some(effect) = a.effects.get(*index) else {
            continue;
        };
        let mut met = Vec::new();
        for found in sought.iter().filter_map(|key| b.found.get(key)) {
            met.extend_from_slice(&found.changes);
            if !effect.is_reference() {
                met.extend_from_slice(&found.references);
            }
        }
        met.sort_unstable();
        met.dedup();
        clashes.extend(met.into_iter().filter_map(|other| {
            Some(Clash {
                a: *index,
                b: other,
                ruling: disputed(effect, b.effects.get(other)?)?,
            })
        }));
    }
    clashes
}

/// What two effects must have in common to have anything to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key<'e> {
    /// A name, whatever bears it.
    Name(&'e str),
    Role(&'e str),
    /// What a role has a privilege on; it is met by the role.
    Granted(&'e str),
    Extension,
    /// What an extension may provide; it is met by extensions.
    Provided,
    Schema(&'e str),
    /// What lies in a schema is met by the schema, not by everything else in it.
    InSchema(&'e str),
}

/// Under which keys an effect is found.
fn keys(effect: &Effect) -> Vec<Key<'_>> {
    let mut keys = Vec::new();
    match &effect.object {
        Object::Schema(schema) => keys.push(Key::Schema(schema)),
        Object::Anything => {}
        object => {
            let name = object.name();
            keys.extend(name.map(|name| Key::Name(&name.name)));
            keys.extend(
                (name.into_iter())
                    .flat_map(|name| &name.schemas)
                    .map(|s| Key::InSchema(s)),
            );
        }
    }
    match &effect.object {
        Object::Type(_) | Object::Routine(_) => keys.push(Key::Provided),
        Object::Other { kind, .. } if kind == "extension" => keys.push(Key::Extension),
        Object::Other { kind, name } if kind == "role" => keys.push(Key::Role(&name.name)),
        _ => {}
    }
    if let Action::Set {
        attribute: Attribute::Privilege { grantee, .. },
        ..
    } = &effect.action
    {
        keys.push(Key::Granted(grantee));
    }
    keys
}

/// Under which keys an effect looks for others.
fn sought(effect: &Effect) -> Vec<Key<'_>> {
    let mut sought: Vec<Key<'_>> = (keys(effect).into_iter())
        .map(|key| match key {
            Key::InSchema(schema) => Key::Schema(schema),
            Key::Provided => Key::Extension,
            Key::Granted(role) => Key::Role(role),
            key => key,
        })
        .collect();
    match &effect.object {
        Object::Schema(schema) => sought.push(Key::InSchema(schema)),
        Object::Other { kind, .. } if kind == "extension" => sought.push(Key::Provided),
        Object::Other { kind, name } if kind == "role" => sought.push(Key::Granted(&name.name)),
        _ => {}
    }
    sought
}
