//! What is read of the specimen.

use std::collections::BTreeSet;

use migrations_common::catalog;

use super::Specimen;

#[test]
fn each_kind_is_read() {
    let facts = Specimen::new().facts();
    let kinds: BTreeSet<&str> = facts.iter().map(|fact| fact.kind.as_str()).collect();
    let expected = [
        "aggregate",
        "attribute",
        "column",
        "constraint",
        "default privileges",
        "domain",
        "domain constraint",
        "enum",
        "foreign table",
        "function",
        "index",
        "materialized view",
        "other",
        "policy",
        "procedure",
        "range",
        "rule",
        "schema",
        "sequence",
        "statistics",
        "table",
        "trigger",
        "type",
        "view",
    ];
    assert_eq!(kinds, BTreeSet::from(expected));
}

#[test]
fn a_schema_that_does_not_exist_has_no_facts() {
    let mut specimen = Specimen::new();
    assert!(
        catalog::read(&mut specimen.client, "none")
            .expect("read")
            .is_empty()
    );
}
