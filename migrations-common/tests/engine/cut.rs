//! Where what is pending is cut into units. No server.

use migrations_common::config::Granularity::{self, Migration, Target};
use migrations_common::history::History;
use migrations_common::placeholder::Values;
use migrations_common::plan::{Request, cut, plan};

use crate::support::app;

/// The versions of each unit that `texts`, V1 and on, are cut into: `1 2 | 3`.
fn check(granularity: Granularity, texts: &[&str], expected: &str) {
    let files: Vec<(String, &str)> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| (format!("V{}__x.sql", index + 1), *text))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), *text))
        .collect();
    let shop = app("shop", "", &files);
    let plan = plan(
        &shop.series[0],
        &History::default(),
        Request::default(),
        &Values::new(),
    )
    .expect("nothing wrong");
    let units: Vec<String> = cut(plan.pending, granularity)
        .iter()
        .map(|unit| {
            let versions: Vec<String> = unit
                .migrations
                .iter()
                .map(|file| file.migration.version.to_string())
                .collect();
            let mark = if unit.transactional { "" } else { "*" };
            versions.join(" ") + mark
        })
        .collect();
    assert_eq!(units.join(" | "), expected, "{granularity:?} {texts:#?}");
}

const PLAIN: &str = "select 1";
const OUTSIDE: &str = "-- migration: no-transaction\nvacuum";

#[test]
fn each_migration_is_a_unit_unless_the_target_is() {
    check(Migration, &[PLAIN, PLAIN, PLAIN], "1 | 2 | 3");
    check(Target, &[PLAIN, PLAIN, PLAIN], "1 2 3");
    check(Target, &[], "");
}

#[test]
fn a_file_outside_transactions_stands_alone() {
    check(
        Target,
        &[PLAIN, PLAIN, OUTSIDE, PLAIN, PLAIN],
        "1 2 | 3* | 4 5",
    );
    check(Target, &[OUTSIDE, OUTSIDE, PLAIN], "1* | 2* | 3");
    check(Migration, &[PLAIN, OUTSIDE], "1 | 2*");
}

#[test]
fn an_enum_value_is_committed_before_the_next_file() {
    let add = "alter type mood add value 'glad'";
    check(Target, &[PLAIN, add, PLAIN, PLAIN], "1 2 | 3 4");
    check(Target, &["create type mood as enum ('glad')", PLAIN], "1 2");
    check(
        Target,
        &["alter type mood rename value 'a' to 'b'", PLAIN],
        "1 2",
    );
}

#[test]
fn a_constraint_is_committed_before_it_is_validated() {
    let add = "alter table t add constraint c check (a > 0) not valid";
    let validate = "alter table t validate constraint c";
    check(Target, &[add, validate], "1 | 2");
    check(Target, &[add, PLAIN, validate, PLAIN], "1 2 | 3 4");
    check(Target, &[add, "alter table t validate constraint d"], "1 2");
    // Whoever was committed by another cut needs no second one.
    check(
        Target,
        &[add, "-- migration: commit-before\nselect 1", validate],
        "1 | 2 3",
    );
    check(
        Target,
        &[
            "alter domain d add constraint c check (value > 0) not valid",
            "alter domain d validate constraint c",
        ],
        "1 | 2",
    );
}

#[test]
fn a_file_may_ask_for_a_transaction_of_its_own() {
    let before = "-- migration: commit-before\nselect 1";
    check(Target, &[PLAIN, before, PLAIN], "1 | 2 3");
    check(Target, &[before, PLAIN], "1 2");
}

#[test]
fn a_file_that_may_not_run_stands_alone() {
    let only_if = "-- migration: only-if select true\nselect 1";
    check(Target, &[PLAIN, only_if, PLAIN, PLAIN], "1 | 2 | 3 4");
}
