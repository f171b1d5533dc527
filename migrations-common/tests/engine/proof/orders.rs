//! Schema changes: equal, different, failing.

use migrations_common::placeholder::Values;
use migrations_common::prepare;
use migrations_common::proof::{self, DataVerdict, Side, Step};
use migrations_common::target::Scope;

use super::{prove, prove_on, shadow, side, words};
use crate::support::app;

const USERS: &str = "create table users (id int primary key, email text);";

#[test]
fn two_added_columns_leave_the_same_but_for_their_positions() {
    let proof = prove(
        USERS,
        "alter table users add column phone text",
        "alter table users add column age int",
    );
    assert_eq!(words(&proof), "equal but for positions", "{proof:#?}");
    assert!(!proof.confirmed_by_commits);
    assert_eq!(proof.data, DataVerdict::NotTouched);
    assert!(
        proof.server_version.contains('.'),
        "{}",
        proof.server_version
    );
}

#[test]
fn what_fails_after_a_rename_is_shown_where_it_stands() {
    let proof = prove(
        USERS,
        "alter table users rename email to mail",
        "-- why\ncreate index users_email_idx\n    on users (email);",
    );
    assert_eq!(
        words(&proof),
        "only BThenA: b V1__b.sql:2:1 42703",
        "{proof:#?}"
    );
    assert!(proof.confirmed_by_commits);
}

#[test]
fn an_error_with_a_position_points_at_its_token() {
    let proof = prove(
        USERS,
        "drop table users",
        "select 1;\nselect email\nfrom users;",
    );
    assert_eq!(
        words(&proof),
        "only BThenA: b V1__b.sql:3:6 42P01",
        "{proof:#?}"
    );
}

#[test]
fn the_last_default_wins() {
    let proof = prove(
        "create table t (a int)",
        "alter table t alter a set default 1",
        "alter table t alter a set default 2",
    );
    assert_eq!(
        words(&proof),
        "different: public: column t.a has default 1, expected 2"
    );
    assert!(proof.confirmed_by_commits);
}

#[test]
fn two_additions_of_one_column_fail_in_both_orders() {
    let proof = prove(
        USERS,
        "alter table users add column phone text",
        "alter table users add column phone varchar(20)",
    );
    assert_eq!(
        words(&proof),
        "both fail: b V1__b.sql:1:1 42701, a V1__a.sql:1:1 42701"
    );
}

#[test]
fn a_side_that_does_not_run_alone_proves_nothing() {
    let alone = "alone: a V1__a.sql:1:15 42P01";
    let statement = "select * from nowhere";
    assert_eq!(words(&prove(USERS, statement, "create table c ()")), alone);
    let reversed = words(&prove(USERS, "create table c ()", statement));
    assert_eq!(reversed, alone.replace(": a V1__a", ": b V1__b"));
}

#[test]
fn what_ends_a_transaction_is_not_run() {
    let proof = prove(USERS, "create table c ();\ncommit", "create table d ()");
    assert_eq!(
        words(&proof),
        "unproven: COMMIT in a migration; the transaction is the engine's at V1__a.sql:2:1"
    );
    let proof = prove(USERS, "copy users from stdin", "create table d ()");
    assert!(words(&proof).starts_with("unproven: COPY"), "{proof:#?}");
    let proof = prove(USERS, "select 'x", "create table d ()");
    assert!(words(&proof).ends_with("at V1__a.sql:1:8"), "{proof:#?}");
}

#[test]
fn schemas_that_a_side_makes_are_compared_too() {
    let proof = prove(
        "",
        "create schema stage; create table stage.t (a int default 1)",
        "create schema if not exists stage; create table if not exists stage.t (a int default 2)",
    );
    assert_eq!(words(&proof), "only AThenB: a V1__a.sql:1:1 42P06");
    let proof = prove(
        "",
        "create schema if not exists stage; create table if not exists stage.t (a int default 1)",
        "create schema if not exists stage; create table if not exists stage.t (a int default 2)",
    );
    assert!(
        words(&proof).contains("stage: column t.a has default"),
        "{proof:#?}"
    );
}

#[test]
fn a_pair_leaves_nothing_to_the_next() {
    let mut shadow = shadow(USERS);
    for _ in 0..3 {
        let proof = prove_on(
            &mut shadow,
            "alter table users add column phone text; set search_path = nowhere",
            "alter table users add column age int; prepare p as select 1; listen x",
        );
        assert_eq!(words(&proof), "equal but for positions", "{proof:#?}");
    }
}

#[test]
fn a_migration_of_an_app_is_a_step() {
    let shop = app(
        "shop",
        "",
        &[(
            "V1__index.sql",
            "-- migration: no-transaction\ncreate index concurrently i on users (email);",
        )],
    );
    let scope = Scope::of(&shop.series[0], Values::new());
    let file = prepare::up(&shop.series[0].migrations[0], &scope.values, None).expect("valid");
    let step = Step::of(&file, &scope);
    assert!(!step.transactional);
    assert_eq!(step.search_path, ["public", "pg_temp"]);
    let a = Side {
        name: "shop".to_owned(),
        steps: vec![step],
    };
    let b = side("b", &["alter table users rename email to mail"]);
    let proof = proof::prove(&mut shadow(USERS), &a, &b).expect("the server stays");
    assert_eq!(
        words(&proof),
        "only AThenB: shop apps/shop/migrations/core/V1__index.sql:2:1 42703"
    );
}

#[test]
fn schemas_that_differ_at_each_run_prove_nothing() {
    let made = "do $$begin execute format('create table %I ()', gen_random_uuid()); end$$";
    let proof = prove(USERS, made, "alter table users add column age int");
    assert_eq!(
        words(&proof),
        "unproven: running the same order twice leaves different schemas",
        "{proof:#?}"
    );
}

#[test]
fn grants_and_comments_are_facts() {
    let proof = prove(
        USERS,
        "grant select on users to granted_a; grant usage on schema public to granted_a",
        "grant select on users to granted_b; grant usage on schema public to granted_b",
    );
    assert_eq!(words(&proof), "equal", "{proof:#?}");
    let proof = prove(
        USERS,
        "comment on table users is 'a'",
        "comment on table users is 'b'",
    );
    assert!(words(&proof).starts_with("different: "), "{proof:#?}");
}
