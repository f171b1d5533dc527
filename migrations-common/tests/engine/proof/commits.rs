//! What only commits show.

use migrations_common::proof::DataVerdict;

use super::{prove, prove_on, shadow, words};

#[test]
fn the_order_of_new_labels_is_a_difference() {
    let proof = prove(
        "create type mood as enum ('sad')",
        "alter type mood add value 'glad'",
        "alter type mood add value 'mad'",
    );
    let words = words(&proof);
    assert!(
        words.starts_with("different: public: enum mood "),
        "{words}"
    );
    assert!(words.contains("'sad', 'mad', 'glad'"), "{words}");
    assert!(proof.confirmed_by_commits);
}

#[test]
fn a_new_label_may_be_used_by_the_other_side() {
    // Within one transaction the server refuses the use (55P04).
    let proof = prove(
        "create type mood as enum ('sad'); create table t (m mood)",
        "alter type mood add value if not exists 'glad'",
        "alter type mood add value if not exists 'glad';\n",
    );
    assert_eq!(words(&proof), "equal");
    assert!(proof.confirmed_by_commits);
    let proof = prove(
        "create type mood as enum ('sad'); create table t (m mood)",
        "alter type mood add value 'glad'",
        "alter table t alter m set default 'glad'",
    );
    assert_eq!(words(&proof), "alone: b V1__b.sql:1:1 22P02", "{proof:#?}");
}

#[test]
fn a_label_made_out_of_sight_is_confirmed() {
    let add =
        |label: &str| format!("do $$begin execute 'alter type mood add value ''{label}'''; end$$");
    let proof = prove("create type mood as enum ('sad')", &add("a"), &add("b"));
    assert!(
        words(&proof).starts_with("different: public: enum mood "),
        "{proof:#?}"
    );
    let proof = prove(
        "create type mood as enum ('sad')",
        &add("a"),
        "create table t ()",
    );
    assert_eq!(words(&proof), "equal");
    assert!(proof.confirmed_by_commits);
}

#[test]
fn files_outside_a_transaction_run_on_copies() {
    let base = "create table t (a int); insert into t select generate_series(1, 100)";
    let proof = prove(
        base,
        "-- migration: no-transaction\ncreate index concurrently t_a_idx on t (a)",
        "alter table t add column b int",
    );
    assert_eq!(words(&proof), "equal", "{proof:#?}");
    assert!(proof.confirmed_by_commits);
    let proof = prove(
        base,
        "-- migration: no-transaction\ncreate index concurrently t_a_idx on t (a)",
        "alter table t rename a to b",
    );
    assert_eq!(
        words(&proof),
        "only AThenB: a V1__a.sql:2:1 42703",
        "{proof:#?}"
    );
}

#[test]
fn a_deferred_constraint_fails_where_it_would_commit() {
    let proof = prove(
        "create table p (id int primary key); insert into p values (1); \
         create table c (p int references p deferrable initially deferred)",
        "insert into c values (1);\n",
        "delete from p",
    );
    assert_eq!(
        words(&proof),
        "both fail: b V1__b.sql:1:1 23503, a V1__a.sql:1:1 23503",
        "{proof:#?}"
    );
}

#[test]
fn what_a_deferred_check_locks_is_no_failure() {
    // In one transaction ALTER TABLE would meet the pending events of the insertion (55006).
    let proof = prove(
        "create table p (id int primary key); insert into p values (1), (2); \
         create table c (p int references p deferrable initially deferred); insert into c values (2)",
        "insert into c values (1)",
        "alter table c add column note text",
    );
    assert_eq!(words(&proof), "equal", "{proof:#?}");
}

#[test]
fn a_constraint_may_be_validated_by_the_other_side_once_it_is_there() {
    let base = "create table t (a int); insert into t values (1)";
    let proof = prove(
        base,
        "alter table t add constraint positive check (a > 0) not valid",
        "alter table t add column b int",
    );
    assert_eq!(words(&proof), "equal");
    let proof = prove(
        "create table t (a int); insert into t values (1); alter table t add constraint positive check (a > 0) not valid",
        "alter table t validate constraint positive",
        "insert into t values (2)",
    );
    assert_eq!(words(&proof), "equal");
    let proof = prove(
        "create table t (a int); insert into t values (1); alter table t add constraint small check (a < 9) not valid",
        "alter table t validate constraint small",
        "update t set a = a",
    );
    assert_eq!(words(&proof), "equal", "{proof:#?}");
}

#[test]
fn numbers_of_a_sequence_are_compared_and_given_back() {
    let mut shadow = shadow("create sequence s; create table t (a int)");
    let proof = prove_on(&mut shadow, "select nextval('s')", "select setval('s', 7)");
    assert_eq!(
        words(&proof),
        "different: public.s: last gave 7 in one order, last gave 8 in the other",
        "{proof:#?}"
    );
    let proof = prove_on(&mut shadow, "select nextval('s')", "select nextval('s')");
    assert_eq!(words(&proof), "equal");
    assert!(
        matches!(proof.data, DataVerdict::Compared { .. }),
        "{proof:#?}"
    );
    // Whatever was taken before, the next pair finds the base.
    let proof = prove_on(
        &mut shadow,
        "do $$begin if nextval('s') <> 1 then raise 'used'; end if; end$$",
        "create table u ()",
    );
    assert_eq!(words(&proof), "equal", "{proof:#?}");
}

#[test]
fn a_step_commits_before_the_next() {
    use super::side;
    let mut shadow = shadow("create type mood as enum ('sad'); create table t (m mood)");
    let proof = migrations_common::proof::prove(
        &mut shadow,
        &side(
            "a",
            &[
                "alter type mood add value 'glad'",
                "alter table t alter m set default 'glad'",
            ],
        ),
        &side("b", &["alter table t add column b int"]),
    )
    .expect("the server stays");
    assert_eq!(words(&proof), "equal", "{proof:#?}");
}

#[test]
fn what_a_file_sets_for_itself_does_not_disturb_the_proof() {
    let mut shadow = shadow("create table t (a int)");
    let proof = prove_on(
        &mut shadow,
        "create table u (a int); grant all on u to set_by_a_file; set role set_by_a_file; \
         insert into u values (1); set statement_timeout = 1; set search_path = nowhere",
        "insert into t values (1)",
    );
    assert_eq!(words(&proof), "equal", "{proof:#?}");
}
