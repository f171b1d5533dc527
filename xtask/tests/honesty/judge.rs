//! The two judges: the text alone, and a server that runs both orders.

use std::collections::BTreeSet;

use migrations_common::problem::Source;
use migrations_common::proof::{self, DataVerdict, Order, Outcome, Side, Step};
use migrations_common::shadow::{Base, Limits, Shadow};
use migrations_common::testing;
use migrations_effects::verdict::{Judgement, between};
use migrations_effects::{
    Action, Attribute, Certainty, Effect, Known, Object, RowChange, Script, Surroundings, read,
};

/// What the base's text tells, to read others' by.
pub(crate) struct Reader {
    known: Known,
    surroundings: Surroundings,
}

/// What PostgreSQL says of two migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Server {
    /// Both orders work and leave the same.
    Equal,
    /// Both work and leave something else.
    Different,
    /// Only A then B works.
    AFirstOnly,
    /// Only B then A works.
    BFirstOnly,
    /// Neither works.
    BothFail,
}

/// What became of a try.
pub(crate) struct Finding {
    /// What the server says; none if one of the two does not even run alone, or nothing was proved.
    pub(crate) server: Option<Server>,
    /// What it saw, in words.
    pub(crate) words: String,
}

impl Server {
    pub(crate) const ALL: [Server; 5] = [
        Server::Equal,
        Server::Different,
        Server::AFirstOnly,
        Server::BFirstOnly,
        Server::BothFail,
    ];

    /// As it stands in `expected`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Server::Equal => "equal",
            Server::Different => "different",
            Server::AFirstOnly => "a-first-only",
            Server::BFirstOnly => "b-first-only",
            Server::BothFail => "both-fail",
        }
    }
}

impl Reader {
    /// Reads `base`, as `check` reads what has landed.
    pub(crate) fn of(base: &str) -> Reader {
        let mut reader = Reader {
            known: Known::default(),
            surroundings: Surroundings {
                search_path: vec!["public".to_owned()],
                placeholders: false,
            },
        };
        let mut script = read(base, &reader.surroundings);
        reader.known.apply(&mut script);
        reader
    }

    /// What a migration on this base does.
    pub(crate) fn read(&self, text: &str) -> Script {
        let mut script = read(text, &self.surroundings);
        self.known.clone().apply(&mut script);
        script
    }

    /// What the texts tell of two migrations.
    pub(crate) fn judge(&self, a: &str, b: &str) -> Judgement {
        between(&self.read(a).effects, &self.read(b).effects)
    }

    /// What of a text cannot be read, first.
    pub(crate) fn unread(&self, text: &str) -> String {
        let effects = self.read(text).effects;
        let unread = (effects.iter()).find(|effect| effect.object == Object::Anything);
        unread.map(ToString::to_string).unwrap_or_default()
    }

    /// Whether both name something in common.
    pub(crate) fn meet(&self, a: &str, b: &str) -> bool {
        let names = |text: &str| -> BTreeSet<String> {
            let effects = self.read(text).effects;
            effects
                .iter()
                .filter_map(|effect| name_of(&effect.object))
                .collect()
        };
        !names(a).is_disjoint(&names(b))
    }

    /// Runs both on `shadow`, which holds this base, in both orders.
    pub(crate) fn prove(&self, shadow: &mut Shadow, a: &str, b: &str) -> Finding {
        let proof = proof::prove(shadow, &self.side("a", a), &self.side("b", b))
            .unwrap_or_else(|problem| panic!("{problem}\n-- a\n{a}\n-- b\n{b}"));
        let unproven = |why: String| Finding {
            server: None,
            words: why,
        };
        let found = |server, words: String| Finding {
            server: Some(server),
            words,
        };
        match proof.outcome {
            Outcome::Equal { .. } => match proof.data {
                DataVerdict::Unproven { why, .. } => unproven(format!("rows: {why}")),
                _ => found(Server::Equal, String::new()),
            },
            Outcome::Different {
                differences,
                content,
            } => {
                let facts = differences.iter().map(ToString::to_string);
                let rows = content.iter().map(ToString::to_string);
                let words: Vec<String> = facts.chain(rows).collect();
                found(Server::Different, words.join("; "))
            }
            Outcome::OneFails { works, failure } => {
                let server = match works {
                    Order::AThenB => Server::AFirstOnly,
                    Order::BThenA => Server::BFirstOnly,
                };
                found(server, failure.message)
            }
            Outcome::BothFail { a_then_b, b_then_a } => found(
                Server::BothFail,
                format!("{}; {}", a_then_b.message, b_then_a.message),
            ),
            Outcome::AloneFails { failure } => unproven(format!(
                "{} does not run alone: {}",
                failure.side, failure.message
            )),
            Outcome::Unproven { why, .. } => unproven(why),
        }
    }

    fn side(&self, name: &str, text: &str) -> Side {
        let effects = self.read(text).effects;
        Side {
            name: name.to_owned(),
            steps: vec![Step {
                source: Source::new(format!("{name}.sql"), text),
                search_path: vec!["public".to_owned()],
                transactional: !text.contains("concurrently"),
                changes_data: effects.iter().any(changes_rows),
                needs_commit: effects.iter().any(needs_commit),
            }],
        }
    }
}

/// A shadow database that holds `base`.
pub(crate) fn shadow(base: &str) -> Shadow {
    let server = testing::server().expect("a server");
    Shadow::build(&server, Base::Sql(base), &[], Limits::default())
        .unwrap_or_else(|problem| panic!("{problem}\n-- base\n{base}"))
}

fn name_of(object: &Object) -> Option<String> {
    match object {
        Object::Relation(name)
        | Object::Part(name, _)
        | Object::Type(name)
        | Object::Routine(name)
        | Object::Other { name, .. } => Some(name.name.clone()),
        Object::Schema(schema) => Some(schema.clone()),
        Object::Anything => None,
    }
}

/// The proof sees by itself which rows change; this says of which files it is expected.
fn changes_rows(effect: &Effect) -> bool {
    effect.certainty != Certainty::Late && matches!(effect.action, Action::Write { .. })
}

fn needs_commit(effect: &Effect) -> bool {
    match &effect.action {
        Action::Set { attribute, .. } => {
            matches!(attribute, Attribute::Labels | Attribute::Position)
        }
        Action::Write { change, .. } => *change == RowChange::Insert,
        Action::Unknown { .. } => true,
        _ => false,
    }
}
