//! Differences and their words, from facts made by hand.

use serde_json::{Value, json};

use super::*;

fn facts(facts: &[(&str, &str, Value)]) -> Facts {
    let fact = |(kind, key, attributes): &(&str, &str, Value)| Fact {
        kind: (*kind).to_owned(),
        key: (*key).to_owned(),
        attributes: serde_json::from_value(attributes.clone()).expect("an object"),
    };
    facts.iter().map(fact).collect()
}

fn check(left: &[(&str, &str, Value)], right: &[(&str, &str, Value)], expected: &[&str]) {
    let (left, right) = (facts(left), facts(right));
    let words: Vec<String> = compare(&left, &right)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(words, expected);
    assert!(compare(&left, &left).is_empty());
}

/// One attribute of one thing.
fn said(kind: &str, attribute: &str, left: Value, right: Value) -> String {
    let side = |value: Value| match value {
        Value::Null => facts(&[(kind, "it", json!({}))]),
        value => facts(&[(kind, "it", json!({ attribute: value }))]),
    };
    let differences = compare(&side(left), &side(right));
    differences
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_table_is_one_difference_with_all_that_hangs_on_it() {
    let table = [
        ("table", "a", json!({})),
        (
            "column",
            "a.id",
            json!({"of": "a", "position": 1, "type": "integer"}),
        ),
        (
            "constraint",
            "a.a_pkey",
            json!({"of": "a", "definition": "PRIMARY KEY (id)"}),
        ),
        (
            "index",
            "a_pkey",
            json!({"of": "a", "constraint": "a.a_pkey"}),
        ),
        (
            "sequence",
            "a_id_seq",
            json!({"of": "a", "owned_by": "a.id"}),
        ),
        ("trigger", "a.t", json!({"of": "a"})),
    ];
    check(&table, &[], &["table a is missing"]);
    check(&[], &table, &["table a is not expected"]);
}

#[test]
fn a_table_that_became_a_view_says_nothing_of_its_columns() {
    let column = |kind: &str| {
        (
            "column",
            "a.id",
            json!({"of": "a", "position": 1, "type": kind}),
        )
    };
    check(
        &[("table", "a", json!({})), column("integer")],
        &[("view", "a", json!({})), column("text")],
        &["table a is missing", "view a is not expected"],
    );
}

#[test]
fn an_index_goes_with_its_constraint_and_a_sequence_with_its_column() {
    let table = ("table", "a", json!({}));
    check(
        &[
            table.clone(),
            ("column", "a.id", json!({"of": "a", "position": 1})),
            ("constraint", "a.k", json!({"of": "a"})),
            ("index", "k", json!({"of": "a", "constraint": "a.k"})),
            ("index", "other", json!({"of": "a"})),
            ("sequence", "s", json!({"of": "a", "owned_by": "a.id"})),
        ],
        &[table],
        &[
            "column a.id is missing",
            "constraint a.k is missing",
            "index other is missing",
        ],
    );
}

#[test]
fn a_partition_changes_with_its_parent_and_is_named_where_it_changes_alone() {
    let tables = |parent: &str, partition: &str| {
        [
            ("table", "a", json!({})),
            ("table", "a_1", json!({"inherits": ["a"]})),
            (
                "column",
                "a.x",
                json!({"of": "a", "position": 1, "type": parent}),
            ),
            (
                "column",
                "a_1.x",
                json!({"of": "a_1", "position": 1, "type": partition, "inherited": true}),
            ),
        ]
    };
    let before = tables("integer", "integer");
    check(
        &before,
        &tables("text", "text"),
        &["column a.x is text, expected integer"],
    );
    check(
        &before,
        &tables("integer", "text"),
        &["column a_1.x is text, expected integer"],
    );
    check(
        &before,
        &tables("text", "bigint"),
        &[
            "column a.x is text, expected integer",
            "column a_1.x is bigint, expected integer",
        ],
    );
}

#[test]
fn words_for_one_attribute() {
    for (kind, attribute, left, right, expected) in [
        (
            "column",
            "type",
            json!("numeric(12,2)"),
            json!("numeric(10,2)"),
            "column it is numeric(10,2), expected numeric(12,2)",
        ),
        (
            "column",
            "not_null",
            json!("not null"),
            Value::Null,
            "column it is nullable, expected not null",
        ),
        (
            "column",
            "default",
            json!("0"),
            Value::Null,
            "column it has no default, expected 0",
        ),
        (
            "column",
            "default",
            Value::Null,
            json!("0"),
            "column it has default 0, expected none",
        ),
        (
            "column",
            "default",
            json!("1"),
            json!("x".repeat(200)),
            "column it: default differs",
        ),
        (
            "column",
            "identity",
            Value::Null,
            json!("always"),
            "column it is generated always as identity, expected not generated",
        ),
        (
            "column",
            "storage",
            Value::Null,
            json!("main"),
            "column it: storage is main, expected default",
        ),
        (
            "table",
            "comment",
            json!("a\nb"),
            json!("a"),
            "table it: comment differs",
        ),
        (
            "table",
            "row_security",
            json!(true),
            Value::Null,
            "table it: row security is off, expected on",
        ),
        (
            "table",
            "options",
            json!(["a=1", "b=2"]),
            json!(["a=1"]),
            "table it: options lack b=2",
        ),
        (
            "table",
            "options",
            json!(["a=1"]),
            json!(["a=1", "b=2"]),
            "table it: options have b=2, which is not expected",
        ),
        (
            "table",
            "options",
            json!(["a=1", "b=2"]),
            json!(["a=2", "b=2"]),
            "table it: options are a=2, expected a=1",
        ),
        (
            "table",
            "inherits",
            json!(["a", "b"]),
            json!(["b", "a"]),
            "table it inherits from b, a, expected a, b",
        ),
        (
            "index",
            "unique",
            json!(true),
            Value::Null,
            "index it is not unique, expected unique",
        ),
        (
            "index",
            "invalid",
            Value::Null,
            json!(true),
            "index it is invalid, expected valid",
        ),
        (
            "constraint",
            "definition",
            json!("x".repeat(200)),
            json!("y"),
            "constraint it: definition differs",
        ),
        (
            "view",
            "definition",
            json!("select 1"),
            json!("select\n2"),
            "view it: definition differs",
        ),
        (
            "function",
            "body",
            json!("1"),
            json!("2"),
            "function it: body differs",
        ),
        (
            "function",
            "strict",
            Value::Null,
            json!(true),
            "function it is strict, expected not strict",
        ),
        (
            "enum",
            "labels",
            json!(["a", "b"]),
            json!(["b", "a"]),
            "enum it has its labels in the order 'b', 'a', expected 'a', 'b'",
        ),
        (
            "enum",
            "labels",
            json!(["a", "b"]),
            json!(["a"]),
            "enum it lacks the label 'b'",
        ),
        (
            "enum",
            "labels",
            json!(["a", "b", "c"]),
            json!(["c", "d", "a"]),
            "enum it lacks the label 'b'; has the label 'd', which is not expected; has its labels in the order 'c', 'd', 'a', expected 'a', 'b', 'c'",
        ),
        (
            "table",
            "privileges",
            json!(["SELECT to a", "SELECT to <owner>"]),
            json!(["INSERT to a"]),
            "table it does not grant SELECT to a, SELECT to its owner; grants INSERT to a, which is not expected",
        ),
        (
            "table",
            "owner",
            Value::Null,
            json!("bob"),
            "table it belongs to bob, expected the schema's owner",
        ),
        (
            "trigger",
            "enabled",
            Value::Null,
            json!("no"),
            "trigger it is disabled, expected enabled",
        ),
        // What no server says today.
        (
            "comet",
            "tail",
            json!({"long": 1}),
            json!(false),
            "comet it: tail is false, expected {\"long\":1}",
        ),
        ("enum", "labels", json!("a"), json!(7), "enum it differs"),
        (
            "table",
            "privileges",
            json!(1),
            json!(null),
            "table it differs",
        ),
        (
            "column",
            "position",
            json!("x"),
            json!(-1),
            "column it is at position -1, expected x",
        ),
    ] {
        assert_eq!(said(kind, attribute, left, right), expected);
    }
}
