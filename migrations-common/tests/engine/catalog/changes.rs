//! Small changes of the specimen: each is seen, and said in words.

mod columns;
mod constraints;
mod functions;
mod indexes;
mod others;
mod privileges;
mod sequences;
mod tables;
mod triggers;
mod types;
mod views;

use migrations_common::catalog::{compare, fingerprint};

use super::{Specimen, words};

/// Statements, and what is said of the specimen after them.
type Change = (&'static str, &'static [&'static str]);

/// Makes each of `changes` in a transaction that is rolled back.
fn check(changes: &[Change]) {
    let mut specimen = Specimen::new();
    let before = specimen.facts();
    let mut wrong = Vec::new();
    for (sql, expected) in changes {
        specimen.run(&format!("begin; {sql}"));
        let after = specimen.facts();
        specimen.run("rollback");
        let said = words(&compare(&before, &after));
        if said != *expected || fingerprint(&before) == fingerprint(&after) {
            wrong.push(format!("{sql}\n{said:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(specimen.facts(), before);
}
