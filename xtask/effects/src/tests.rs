//! Statements and their effects, in words.

mod alter_table;
mod body;
mod cluster;
mod comment;
mod data;
mod default_name;
mod every_kind;
mod index;
mod known;
mod migration;
mod other;
mod privilege;
mod query;
mod routine;
mod search_path;
mod sequence;
mod table;
mod trigger;
mod types;
mod verdict;
mod view;

use crate::{Surroundings, read};

/// `sql`, run with the search path `public`, has the effects `expected`: a line each, `words  <- what the caret shows`.
#[track_caller]
fn check(sql: &str, expected: &[&str]) {
    let surroundings = Surroundings {
        search_path: vec!["public".to_owned()],
        placeholders: false,
    };
    let script = read(sql, &surroundings);
    let found: Vec<String> = (script.effects.iter())
        .map(|effect| format!("{effect}  <- {}", &sql[effect.span.clone()]))
        .collect();
    assert_eq!(found, expected, "{sql}");
}
