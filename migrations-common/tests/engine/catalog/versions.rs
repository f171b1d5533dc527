//! What only some versions of PostgreSQL have.

use migrations_common::catalog::compare;

use super::{Specimen, words};

/// From 18 on a NOT NULL is a constraint with a name, which is made up unless it is given.
#[test]
fn a_not_null_is_the_columns_in_every_version() {
    let mut specimen = Specimen::new();
    let facts = specimen.facts();
    let of_cache: Vec<&str> = facts
        .iter()
        .filter(|fact| fact.kind == "constraint" && fact.text("of") == Some("cache"))
        .map(|fact| fact.key.as_str())
        .collect();
    assert_eq!(of_cache, ["cache.cache_pkey"]);
    assert!(
        facts
            .get("domain constraint", "label.label_not_null")
            .is_none()
    );
}

#[test]
fn what_postgresql_18_adds_is_seen() {
    for (sql, expected) in [
        (
            "alter table cache add constraint a_value not null value not valid",
            &["column cache.value is not null not valid, expected nullable"][..],
        ),
        (
            "alter table animal add constraint born not null born no inherit",
            &["column animal.born is not null no inherit, expected nullable"],
        ),
        (
            "alter table cache add constraint a_value not null value; alter table cache rename constraint a_value to value_there",
            &["column cache.value is not null, expected nullable"],
        ),
        (
            "alter table member drop column display; alter table member add column display text generated always as (email) virtual",
            &[
                "column member.display is generated as email virtual, expected generated as full_name(first, last) stored; is at position 12, expected 5",
            ],
        ),
        (
            "alter table member drop constraint member_email_shape, add constraint member_email_shape check (email like '%@%') not enforced",
            &[
                "constraint member.member_email_shape is CHECK ((email ~~ '%@%'::text)) NOT ENFORCED, expected CHECK ((email ~~ '%@%'::text))",
            ],
        ),
    ] {
        check(18, sql, expected);
    }
}

#[test]
fn what_postgresql_16_and_17_add_is_seen() {
    check(
        16,
        "alter table member alter column first set storage default",
        &["column member.first: storage is default, expected external"],
    );
    check(
        17,
        "drop collation german; create collation german (provider = builtin, locale = 'C.UTF-8'); comment on collation german is 'umlauts'",
        &[
            "collation german: collate is none, expected C; ctype is none, expected C; locale is C.UTF-8, expected none; provider is builtin, expected libc",
        ],
    );
    check(
        17,
        "grant maintain on member to specimen_reader",
        &["table member grants MAINTAIN to specimen_reader, which is not expected"],
    );
}

/// On a server that is older than `major` there is nothing to see.
fn check(major: i32, sql: &str, expected: &[&str]) {
    let mut specimen = Specimen::new();
    let version: i32 = specimen
        .client
        .query_one(
            "select current_setting('server_version_num')::int / 10000",
            &[],
        )
        .expect("answers")
        .get(0);
    if version < major {
        return;
    }
    let before = specimen.facts();
    specimen.run(sql);
    assert_eq!(
        words(&compare(&before, &specimen.facts())),
        expected,
        "{sql}"
    );
}
