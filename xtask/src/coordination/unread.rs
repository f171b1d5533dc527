//! What cannot be read from the text of a migration: never clean.

use std::collections::BTreeSet;

use migrations_common::cli::report::Finding;
use migrations_common::migration::Migration;
use migrations_common::problem::Problem;
use migrations_effects::{Action, Certainty, Effect, Object};

use super::landscape::{NewScripts, Place};
use crate::new_migrations::Origin;

const CODE: &str = "unknown-effect";

/// A finding for each statement of the working tree's migrations that cannot be read.
///
/// It fails the check where other apps meet this one, and warns where nobody does, or where a function is only made.
pub(super) fn findings(scripts: &NewScripts<'_>, place: Option<&Place>) -> Vec<Finding> {
    if scripts.series.origin != Origin::Here {
        return Vec::new();
    }
    let app = &scripts.series.series.app;
    let meets_others = place.is_some_and(|place| place.apps.iter().any(|other| other != app));
    let mut unread: Vec<Unread<'_>> = Vec::new();
    for (index, effect) in scripts.effects.iter().enumerate() {
        let (Action::Unknown { why }, Object::Anything) = (&effect.action, &effect.object) else {
            continue;
        };
        let Some(migration) = scripts.migration(index) else {
            continue;
        };
        let allowed = &migration.directives.allow;
        if allowed.iter().any(|allow| allow.rule == CODE) {
            continue;
        }
        // The parser may stumble over one statement many times.
        let same = |one: &&mut Unread<'_>| {
            one.why == why
                && one.effect.statement == effect.statement
                && one.migration.version == migration.version
        };
        match unread.iter_mut().find(same) {
            Some(known) => {
                known.spans.insert((effect.span.start, effect.span.end));
            }
            None => unread.push(Unread {
                migration,
                effect,
                why,
                spans: BTreeSet::from([(effect.span.start, effect.span.end)]),
            }),
        }
    }
    (unread.into_iter())
        .map(|one| {
            let fails = meets_others && one.effect.certainty != Certainty::Late;
            let finding = Finding::error(one.problem()).of(app, &scripts.place);
            if fails { finding } else { finding.as_warning() }
        })
        .collect()
}

/// What cannot be read of one statement, for one reason.
struct Unread<'s> {
    migration: &'s Migration,
    /// The first of it.
    effect: &'s Effect,
    why: &'s str,
    spans: BTreeSet<(usize, usize)>,
}

impl Unread<'_> {
    fn problem(self) -> Problem {
        let source = &self.migration.source;
        let place = source.place(self.effect.span.clone()).labelled(self.why);
        let label = self.migration.label();
        let mut problem = Problem::verification(
            CODE,
            format!("what {label} does here cannot be read from its text"),
        )
        .at(place);
        match self.spans.len() {
            0 | 1 => {}
            2 => problem = problem.note("the same holds for another place in the statement"),
            all => {
                let others = all - 1;
                problem = problem.note(format!(
                    "the same holds for {others} other places in the statement"
                ));
            }
        }
        if self.effect.certainty == Certainty::Late {
            problem = problem
                .note("it stands in the body of a function, and happens when that is called");
        }
        let file = source.path.rsplit('/').next().unwrap_or_default();
        problem
            .help("write the statement out, so that it can be compared with what others do")
            .help(format!(
                "or say in {file} why nobody else is concerned:\n-- migration: allow {CODE} because …"
            ))
    }
}
