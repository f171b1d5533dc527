//! Effects -> what they leave behind.

use super::{Key, Known, Link, keys};
use crate::effect::{Action, Attribute, Certainty, Effect, Need, Object, Part};
use crate::name::Name;

impl Known {
    /// Adds what a statement makes, by its effects.
    pub(super) fn learn(&mut self, effects: &[Effect]) {
        for effect in effects {
            if matches!(effect.action, Action::Create { .. })
                && let Some(name) = effect.object.name()
                && !matches!(effect.object, Object::Part(..))
            {
                self.objects.extend(keys(name));
            }
            match (&effect.object, &effect.action) {
                (Object::Routine(name), Action::Create { .. }) => {
                    let body = effects
                        .iter()
                        .filter(|one| one.certainty == Certainty::Late);
                    let body: Vec<Effect> = body.cloned().collect();
                    self.bodies
                        .extend(keys(name).map(|key| (key, body.clone())));
                }
                (Object::Relation(name), Action::Rename { to }) => self.rename(name, to),
                (Object::Relation(name), Action::Drop { .. }) => {
                    for key in keys(name) {
                        self.links.remove(&key);
                    }
                }
                _ => {}
            }
        }
        let Some(subject) = subject(effects) else {
            return;
        };
        let follows = (effects.iter()).any(|effect| matches!(&effect.action, Action::Create { definition, .. } if follows(definition)));
        let inherits = (effects.iter()).any(|effect| {
            matches!(
                &effect.action,
                Action::Set {
                    attribute: Attribute::Parent(_),
                    ..
                }
            )
        });
        let is_view = (effects.iter()).any(|effect| {
            effect.object == Object::Relation(subject.clone())
                && matches!(&effect.action, Action::Create { definition, .. } if definition.split(' ').take(6).any(|word| word == "view"))
        });
        for effect in effects {
            match (&effect.object, &effect.action) {
                (Object::Relation(name), Action::Create { .. }) if *name != subject => {
                    let link = if name.name.ends_with("_seq") {
                        Link::SequenceOf(subject.clone())
                    } else {
                        Link::IndexOf(subject.clone())
                    };
                    self.link(name, &link);
                }
                (Object::Relation(table), Action::Need(Need::Key)) => {
                    let table = table.clone();
                    let by = Link::ReferredBy {
                        table: subject.clone(),
                        follows,
                    };
                    self.link(&table, &by);
                    self.link(&subject, &Link::RefersTo(table));
                }
                (Object::Relation(parent), Action::Need(Need::Columns | Need::Definition))
                    if inherits && *parent != subject =>
                {
                    self.link(parent, &Link::ParentOf(subject.clone()));
                    self.link(&subject, &Link::ChildOf(parent.clone()));
                }
                (
                    object,
                    Action::Need(Need::Type | Need::Columns | Need::Existence)
                    | Action::Read { .. },
                ) if is_view => {
                    if let Some(shown) = object.relation().filter(|shown| **shown != subject) {
                        self.link(&subject, &Link::Shows(shown.clone()));
                    }
                }
                // A trigger's function, or one that computes a default, a check, a view's column.
                (Object::Routine(function), Action::Need(_) | Action::Call) => {
                    self.link(&subject, &Link::Fires(function.clone()));
                }
                (Object::Type(name), Action::Need(_)) => {
                    self.link(name, &Link::TypeIn(subject.clone()));
                }
                (Object::Part(table, Part::Column(_)), Action::Need(Need::Existence))
                    if *table != subject && owns(effects, &subject) =>
                {
                    self.link(&subject, &Link::SequenceOf(table.clone()));
                }
                _ => {}
            }
        }
    }

    fn rename(&mut self, name: &Name, to: &str) {
        for (schema, old) in keys(name) {
            let new: Key = (schema.clone(), to.to_owned());
            if let Some(links) = self.links.remove(&(schema.clone(), old.clone())) {
                self.links.insert(new, links);
            }
            let links = std::mem::take(&mut self.links);
            let renamed = |link: Link| {
                link.map(|name| {
                    if name.name == old && name.schemas.contains(&schema) {
                        to.clone_into(&mut name.name);
                    }
                })
            };
            self.links = (links.into_iter())
                .map(|(key, links)| (key, links.into_iter().map(renamed).collect()))
                .collect();
        }
    }
}

impl Link {
    fn map(mut self, change: impl Fn(&mut Name)) -> Link {
        match &mut self {
            Link::IndexOf(name)
            | Link::SequenceOf(name)
            | Link::Shows(name)
            | Link::Fires(name)
            | Link::RefersTo(name)
            | Link::ReferredBy { table: name, .. }
            | Link::ChildOf(name)
            | Link::ParentOf(name)
            | Link::TypeIn(name) => change(name),
        }
        self
    }
}

/// The relation that a statement is about: the table that it makes or alters, the view, the sequence that gets an owner.
fn subject(effects: &[Effect]) -> Option<Name> {
    let changed =
        |effect: &&Effect| !matches!(effect.action, Action::Need(_) | Action::Read { .. });
    let of_part = (effects.iter())
        .filter(changed)
        .find_map(|effect| match &effect.object {
            Object::Part(table, part) if *part != Part::Rows => Some(table),
            _ => None,
        });
    let itself = || {
        (effects.iter())
            .filter(changed)
            .find_map(|effect| match &effect.object {
                Object::Relation(name) => Some(name),
                _ => None,
            })
    };
    of_part.or_else(itself).cloned()
}

fn follows(definition: &str) -> bool {
    [" cascade", " set null", " set default"]
        .iter()
        .any(|action| {
            definition.contains(&format!("on delete{action}"))
                || definition.contains(&format!("on update{action}"))
        })
}

fn owns(effects: &[Effect], sequence: &Name) -> bool {
    (effects.iter()).any(|effect| {
        effect.object == Object::Relation(sequence.clone())
            && matches!(
                &effect.action,
                Action::Set {
                    attribute: Attribute::OwnedBy,
                    ..
                }
            )
    })
}
