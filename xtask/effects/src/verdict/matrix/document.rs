//! The table as a document: VERDICTS.md is made from the rows, and a test holds it to them.

use std::fmt::Write as _;
use std::path::Path;

use super::{ROWS, Row, What};
use crate::verdict::position::Position;

const HEAD: &str = "\
# Verdicts

Which two effects commute, and why the others do not. The first row about a pair decides; what no row names is unknown.
`cargo xtask check` asks this table for every pair of effects of two series; where the words say `{one}` and `{other}`, a finding
names the apps.

- *commutes*: both orders work, and leave the same.
- *order*: the order matters, and one order (or either, by choice) gives what both want: `requires` settles it.
- *unknown*: the text does not tell: an agreement settles it, or a proof.
- *contradictory*: no order gives both what they want: one of the two has to change.

An effect in a branch of a block weighs as *order* or *unknown*, whatever its row says; one in the body of a function, which is
looked up only when it runs, as *unknown*.

This file is made of the rows in `src/verdict/matrix.rs`: `UPDATE=1 cargo test -p migrations-effects` writes it.
";

#[test]
fn the_document_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("VERDICTS.md");
    let made = document();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).expect("written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == made,
        "VERDICTS.md is not the table: run UPDATE=1 cargo test -p migrations-effects"
    );
}

fn document() -> String {
    let mut text = HEAD.to_owned();
    for (position, title) in [
        (Position::Same, "The same object"),
        (Position::Holds, "A relation, and a part of it"),
        (Position::Beside, "Two parts of one relation"),
        (Position::Contains, "A schema, and what lies in it"),
        (
            Position::Related,
            "Different kinds that may depend on each other",
        ),
    ] {
        let _ = write!(
            text,
            "\n## {title}\n\n| one | other | if | verdict | why |\n| --- | --- | --- | --- | --- |\n"
        );
        for row in ROWS.iter().filter(|row| row.position == position) {
            text.push_str(&line(row));
        }
    }
    text
}

fn line(row: &Row) -> String {
    let first = match row.first {
        Some(true) => ", one first",
        Some(false) => ", other first",
        None => "",
    };
    let condition = row.condition.trim_start_matches("is::").replace('_', " ");
    format!(
        "| {} | {} | {condition} | {}{first} | {} |\n",
        what(row.one),
        what(row.other),
        row.verdict.name(),
        row.why
    )
}

fn what(what: What) -> String {
    format!("{:?} of {:?}", what.does, what.on)
        .to_lowercase()
        .replace("of any", "of anything")
        .replace("any of", "anything of")
}
