//! Both orders of two series, on a real server.

mod commits;
mod data;
mod limits;
mod orders;
mod roles;
mod shadow;

use std::collections::BTreeMap;
use std::sync::Mutex;

use migrations_common::problem::Source;
use migrations_common::proof::{self, Outcome, Proof, Side, Step};
use migrations_common::shadow::{Base, Limits, Shadow};

use crate::support::server;

/// A shadow database of a test.
fn shadow(base: &str) -> Shadow {
    shadow_within(base, Limits::default())
}

fn shadow_within(base: &str, limits: Limits) -> Shadow {
    Shadow::build(server(), Base::Sql(base), &[], limits).expect("built")
}

/// A side whose files are `V1__<name>.sql` and so on.
fn side(name: &str, files: &[&str]) -> Side {
    let step = |(number, text): (usize, &&str)| Step {
        source: Source::new(format!("V{}__{name}.sql", number + 1), *text),
        search_path: vec!["public".to_owned(), "pg_temp".to_owned()],
        transactional: !text.contains("no-transaction"),
        changes_data: ["insert", "update", "delete"]
            .iter()
            .any(|word| text.contains(word)),
        needs_commit: false,
    };
    Side {
        name: name.to_owned(),
        steps: files.iter().enumerate().map(step).collect(),
    }
}

/// Proves one file against another. A proof leaves its shadow as it was, so tests with one base share shadows.
fn prove(base: &str, a: &str, b: &str) -> Proof {
    static SHADOWS: Mutex<BTreeMap<String, Vec<Shadow>>> = Mutex::new(BTreeMap::new());
    let shadows = || SHADOWS.lock().expect("whole");
    let spare = shadows().get_mut(base).and_then(Vec::pop);
    let mut shadow = spare.unwrap_or_else(|| shadow(base));
    let proof = prove_on(&mut shadow, a, b);
    shadows().entry(base.to_owned()).or_default().push(shadow);
    proof
}

fn prove_on(shadow: &mut Shadow, a: &str, b: &str) -> Proof {
    proof::prove(shadow, &side("a", &[a]), &side("b", &[b])).expect("the server stays")
}

/// What an outcome says, in one line.
fn words(proof: &Proof) -> String {
    let failure = |failure: &proof::Failure| {
        let (line, column) = failure.place.line_column();
        format!(
            "{} {}:{line}:{column} {}",
            failure.side,
            failure.place.path,
            failure.sqlstate.as_deref().unwrap_or("none")
        )
    };
    match &proof.outcome {
        Outcome::Equal { ignored } if ignored.is_empty() => "equal".to_owned(),
        Outcome::Equal { .. } => "equal but for positions".to_owned(),
        Outcome::Different {
            differences,
            content,
        } => {
            let facts = differences.iter().map(ToString::to_string);
            let rows = content.iter().map(ToString::to_string);
            format!(
                "different: {}",
                facts.chain(rows).collect::<Vec<_>>().join("; ")
            )
        }
        Outcome::OneFails {
            works,
            failure: one,
        } => format!("only {works:?}: {}", failure(one)),
        Outcome::BothFail { a_then_b, b_then_a } => {
            format!("both fail: {}, {}", failure(a_then_b), failure(b_then_a))
        }
        Outcome::AloneFails { failure: one } => format!("alone: {}", failure(one)),
        Outcome::Unproven { why, place } => format!(
            "unproven: {why}{}",
            place.as_ref().map_or_else(String::new, |place| {
                let (line, column) = place.line_column();
                format!(" at {}:{line}:{column}", place.path)
            })
        ),
    }
}
