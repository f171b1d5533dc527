//! What shares a transaction, and what is left of one that fails.

use migrations_common::report::Outcome;

use crate::support::{TestDatabase, app, applied, migrate, problem};

const PER_TARGET: &str = "transaction = \"target\"";

const FIVE: [(&str, &str); 5] = [
    ("V1__a.sql", "create table a ()"),
    ("V2__b.sql", "create table b ()"),
    ("V3__c.sql", "create table c (); select 1 / 0"),
    ("V4__d.sql", "create table d ()"),
    ("V5__e.sql", "create table e ()"),
];

#[test]
fn what_was_committed_before_a_failure_stays() {
    let place = TestDatabase::new();
    let report = migrate(&app("shop", "", &FIVE), &place);
    assert_eq!(report.targets[0].outcome, Outcome::Failed);
    assert_eq!(applied(&report), [1, 2]);
    assert_eq!(report.targets[0].current, Some(2));
    assert_eq!(place.history("shop"), "1,2");
    assert!(place.has("b") && !place.has("c"));
    let notes = problem(&report).notes.join("\n");
    assert!(
        notes.contains("V3 was rolled back, nothing of it remains; core stands at V2"),
        "{notes}"
    );
    assert!(notes.contains("V4 to V5 were not reached"), "{notes}");
}

#[test]
fn a_unit_that_fails_leaves_nothing() {
    let place = TestDatabase::new();
    let report = migrate(&app("shop", PER_TARGET, &FIVE), &place);
    assert_eq!(applied(&report), [0_i64; 0]);
    assert_eq!(place.history("shop"), "none");
    assert!(!place.has("a"));
    let problem = problem(&report);
    assert_eq!(problem.migration.as_deref(), Some("V3__c"));
    let notes = problem.notes.join("\n");
    assert!(
        notes.contains("V1 to V5 were rolled back together"),
        "{notes}"
    );
}

#[test]
fn a_record_commits_with_what_it_records() {
    for (config, transactions) in [("", "3"), (PER_TARGET, "1")] {
        let place = TestDatabase::new();
        let files = [
            ("V1__a.sql", "create table log as select 1 as version"),
            ("V2__b.sql", "insert into log values (2)"),
            ("V3__c.sql", "insert into log values (3)"),
        ];
        let report = migrate(&app("shop", config, &files), &place);
        assert_eq!(applied(&report), [1, 2, 3], "{report:#?}");
        assert_eq!(
            place.value(
                "select string_agg(version::text, ',' order by version) \
                 from log join shop_core_schema_history h using (version) where log.xmin = h.xmin"
            ),
            "1,2,3"
        );
        assert_eq!(
            place.value("select count(distinct xmin::text) from shop_core_schema_history"),
            transactions
        );
    }
}

#[test]
fn a_file_whose_record_is_refused_is_rolled_back() {
    let place = TestDatabase::new();
    let files = [
        ("V1__a.sql", "create table a ()"),
        (
            "V2__b.sql",
            "create table b (); alter table shop_core_schema_history add check (version < 2)",
        ),
    ];
    let report = migrate(&app("shop", "", &files), &place);
    assert_eq!(problem(&report).sqlstate.as_deref(), Some("23514"));
    assert_eq!(problem(&report).migration.as_deref(), Some("V2__b"));
    assert_eq!(place.history("shop"), "1");
    assert!(!place.has("b"));
}

#[test]
fn an_enum_value_may_be_used_by_the_next_file() {
    let place = TestDatabase::new();
    let files = [
        (
            "V1__a.sql",
            "create type mood as enum ('sad'); create table t (m mood)",
        ),
        ("V2__b.sql", "alter type mood add value 'glad'"),
        ("V3__c.sql", "insert into t values ('glad')"),
    ];
    let report = migrate(&app("shop", PER_TARGET, &files), &place);
    assert_eq!(applied(&report), [1, 2, 3], "{report:#?}");
}

#[test]
fn a_lock_is_not_held_through_the_validation() {
    let place = TestDatabase::new();
    let files = [
        ("V1__a.sql", "create table t as select 1 as a"),
        (
            "V2__b.sql",
            "alter table t add constraint c check (a > 0) not valid",
        ),
        ("V3__c.sql", "alter table t validate constraint c"),
    ];
    let report = migrate(&app("shop", PER_TARGET, &files), &place);
    assert_eq!(applied(&report), [1, 2, 3], "{report:#?}");
    assert_eq!(
        place.value("select string_agg(v, ' | ') from (select string_agg(version::text, ' ' order by version) as v \
                     from shop_core_schema_history group by xmin::text order by 1) x"),
        "1 2 | 3"
    );
}

const PARENTS: (&str, &str) = (
    "V1__a.sql",
    "create table p (id int primary key); \
     create table c (id int references p deferrable initially deferred)",
);

#[test]
fn rows_that_a_file_deferred_do_not_stop_the_next_files_alter() {
    let place = TestDatabase::new();
    let rows = format!(
        "{}; insert into c values (1); insert into p values (1)",
        PARENTS.1
    );
    let files = [
        ("V1__a.sql", rows.as_str()),
        ("V2__b.sql", "alter table c add column name text"),
    ];
    let report = migrate(&app("shop", PER_TARGET, &files), &place);
    assert_eq!(applied(&report), [1, 2], "{report:#?}");
}

#[test]
fn a_deferred_check_that_fails_names_its_file_and_the_way_out() {
    let orphan = ("V2__b.sql", "insert into c values (1)");
    let place = TestDatabase::new();
    let alone = migrate(&app("shop", "", &[PARENTS, orphan]), &place);
    assert_eq!(problem(&alone).sqlstate.as_deref(), Some("23503"));
    assert_eq!(problem(&alone).migration.as_deref(), Some("V2__b"));
    assert_eq!(place.history("shop"), "1");

    let place = TestDatabase::new();
    let more = ("V3__c.sql", "insert into p values (1)");
    let shared = migrate(&app("shop", PER_TARGET, &[PARENTS, orphan, more]), &place);
    let problem = problem(&shared);
    assert_eq!(problem.migration.as_deref(), Some("V2__b"));
    assert!(
        problem
            .helps
            .iter()
            .any(|help| help.contains("commit-before")),
        "{problem:#?}"
    );
}

#[test]
fn savepoints_are_the_files_own() {
    let place = TestDatabase::new();
    let file = "create table a (); savepoint s; create table b (); rollback to savepoint s; \
                create table c (); release s";
    let report = migrate(&app("shop", "", &[("V1__a.sql", file)]), &place);
    assert_eq!(applied(&report), [1], "{report:#?}");
    assert!(place.has("a") && !place.has("b") && place.has("c"));
}
