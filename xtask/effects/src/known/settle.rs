//! Effects, and what they lead to in a database that is known.

use std::collections::BTreeSet;

use super::{Known, Link, keys};
use crate::effect::{
    Action, Attribute, Certainty, Columns, Effect, Object, Part, RowChange, Script,
};
use crate::name::Name;

/// How far one effect may lead to another: a view of a view, a trigger that fires a trigger.
const DEPTH: usize = 6;

impl Known {
    /// Settles in which schemas the names of `script` are, adds the effects that its effects lead to, and learns what it
    /// makes: each statement runs on what those before it left. Scripts come in the order in which they run.
    pub fn apply(&mut self, script: &mut Script) {
        let mut effects = std::mem::take(&mut script.effects).into_iter().peekable();
        while let Some(first) = effects.next() {
            let statement = first.statement;
            let mut settled = Vec::new();
            self.settle(first, &mut settled);
            while let Some(effect) = effects.next_if(|effect| effect.statement == statement) {
                self.settle(effect, &mut settled);
            }
            self.learn(&settled);
            script.effects.append(&mut settled);
        }
    }

    fn settle(&self, mut effect: Effect, settled: &mut Vec<Effect>) {
        if let Some(name) = effect.object.name_mut() {
            name.settle(|schema, name| self.has(schema, name));
        }
        let from = settled.len();
        settled.push(effect);
        self.follow(settled, from);
    }

    /// Appends what the last effect leads to, and what that leads to.
    fn follow(&self, effects: &mut Vec<Effect>, from: usize) {
        let mut next = from;
        for _ in 0..DEPTH {
            let end = effects.len();
            while next < end {
                let led = effects.get(next).map(|effect| self.leads_to(effect));
                for effect in led.into_iter().flatten() {
                    let known = effects.iter().skip(from).any(|one| *one == effect);
                    if !known {
                        effects.push(effect);
                    }
                }
                next += 1;
            }
        }
    }

    fn leads_to(&self, effect: &Effect) -> Vec<Effect> {
        let mut led = Led {
            from: effect,
            effects: Vec::new(),
        };
        match (&effect.object, &effect.action) {
            (Object::Routine(name), Action::Call) => self.runs(name, &mut led),
            (Object::Type(name), Action::Set { attribute, value })
                if !(attribute.is_remark()
                    || (*attribute == Attribute::Labels && value.starts_with("add"))) =>
            {
                for link in self.links(name) {
                    if let Link::TypeIn(table) = link {
                        led.to(Object::rows(table), change(RowChange::Update));
                    }
                }
            }
            (Object::Relation(name), action) => {
                for link in self.links(name) {
                    match link {
                        Link::IndexOf(table) if !matches!(action, Action::Create { .. }) => {
                            let part = Part::Index(name.name.clone());
                            led.to(Object::Part(table.clone(), part), action.clone());
                        }
                        Link::SequenceOf(table) if !matches!(action, Action::Need(_)) => {
                            led.to(Object::rows(table), change(RowChange::Insert));
                        }
                        _ => {}
                    }
                }
            }
            (Object::Part(table, Part::Rows), action) => self.moves_rows(table, action, &mut led),
            (Object::Part(table, part), action) if !matches!(action, Action::Need(_)) => {
                for link in self.links(table) {
                    if let Link::ParentOf(child) = link {
                        led.to(Object::Part(child.clone(), part.clone()), action.clone());
                    }
                }
            }
            _ => {}
        }
        led.effects
    }

    fn moves_rows(&self, table: &Name, action: &Action, led: &mut Led<'_>) {
        let written = match action {
            Action::Write { change, .. } => Some(*change),
            _ => None,
        };
        let is_view = (self.links(table)).any(|link| matches!(link, Link::Shows(_)));
        for link in self.links(table) {
            match (link, written) {
                (Link::Shows(shown), _) => {
                    let all = match written {
                        Some(written) => change(written),
                        None => Action::Read {
                            columns: Columns::All,
                        },
                    };
                    led.to(Object::rows(shown), all);
                }
                (Link::ChildOf(other) | Link::ParentOf(other), _) => {
                    led.to(Object::rows(other), action.clone());
                }
                (Link::Fires(function), _) if written.is_some() || is_view => {
                    led.to(Object::Routine(function.clone()), Action::Call);
                }
                // In a new table, nobody else knows of the reference yet.
                (Link::RefersTo(parent), Some(RowChange::Insert)) => {
                    led.to(Object::rows(parent), read_all());
                }
                (Link::RefersTo(parent), Some(RowChange::Update)) => {
                    // Whether the row is there; who changes its key looks here by itself.
                    let columns = Columns::Some(BTreeSet::new());
                    led.to(Object::rows(parent), Action::Read { columns });
                }
                (
                    Link::ReferredBy { table, follows },
                    Some(written @ (RowChange::Update | RowChange::Delete | RowChange::Truncate)),
                ) => {
                    let action = if *follows {
                        change(written)
                    } else {
                        read_all()
                    };
                    led.to(Object::rows(table), action);
                }
                _ => {}
            }
        }
    }

    /// What the body of a function does. It may, not must: nobody knows with which arguments it runs.
    fn runs(&self, function: &Name, led: &mut Led<'_>) {
        for effect in keys(function)
            .filter_map(|key| self.bodies.get(&key))
            .flatten()
        {
            led.effects.push(Effect {
                certainty: led.from.certainty.max(Certainty::Conditional),
                span: led.from.span.clone(),
                statement: led.from.statement,
                ..effect.clone()
            });
        }
    }
}

/// Effects that come of another, and show where that stands.
struct Led<'e> {
    from: &'e Effect,
    effects: Vec<Effect>,
}

impl Led<'_> {
    fn to(&mut self, object: Object, action: Action) {
        self.effects.push(Effect {
            object,
            action,
            ..self.from.clone()
        });
    }
}

fn change(change: RowChange) -> Action {
    Action::Write {
        change,
        columns: Columns::All,
    }
}

fn read_all() -> Action {
    Action::Read {
        columns: Columns::All,
    }
}
