//! Verdicts about what the rarer statements do.

use crate::verdict::{Verdict, between};
use crate::{Surroundings, read};

#[test]
fn overloads_are_told_apart_by_their_types_alone() {
    let function = |argument: &str| {
        format!("create function f({argument}) returns int language c as 'lib', 'f'")
    };
    for (a, b, expected) in [
        ("a int", "text", Verdict::Commutes),
        ("a int", "b integer", Verdict::Contradictory),
        ("varchar(5)", "character varying", Verdict::Contradictory),
    ] {
        assert_eq!(verdict(&function(a), &function(b)), expected, "{a}, {b}");
    }
}

#[test]
fn bounds_of_a_sequence_depend_on_each_other() {
    let verdict = verdict(
        "alter sequence numbers start 500",
        "alter sequence numbers maxvalue 1000",
    );
    assert_eq!(verdict, Verdict::Order);
}

#[test]
fn a_table_joins_a_publication_once() {
    let one = "alter publication feed add table users";
    let other = "alter publication feed add table orders";
    assert_eq!(verdict(one, one), Verdict::Contradictory);
    assert_eq!(verdict(one, other), Verdict::Commutes);
}

fn verdict(a: &str, b: &str) -> Verdict {
    let surroundings = Surroundings {
        search_path: vec!["public".to_owned()],
        placeholders: false,
    };
    let effects = |sql: &str| read(sql, &surroundings).effects;
    between(&effects(a), &effects(b)).verdict
}
