//! Rows: compared by content, or said to be unproven.

use migrations_common::proof::{DataVerdict, Outcome, Proof};

use super::{prove, words};

const FULL: &str = "create table t (id int primary key, a int); insert into t select i, i from generate_series(1, 5) i;";

fn unproven(proof: &Proof) -> (&[String], &str) {
    match &proof.data {
        DataVerdict::Unproven { tables, why } => (tables, why),
        other => panic!("{other:?}"),
    }
}

#[test]
fn overlapping_updates_name_the_rows_that_differ() {
    let proof = prove(FULL, "update t set a = a + 1", "update t set a = a * 2");
    assert_eq!(
        words(&proof),
        "different: public.t (a, id): (10,4) and (12,5) and (4,1) in one order, (11,5) and (3,1) and (5,2) in the other"
    );
}

#[test]
fn updates_of_other_columns_leave_the_same() {
    let proof = prove(
        FULL,
        "alter table t add column b int; update t set b = 1",
        "alter table t add column c int; update t set c = 2",
    );
    assert_eq!(words(&proof), "equal but for positions", "{proof:#?}");
    assert_eq!(proof.data, DataVerdict::Compared { tables: 1, rows: 5 });
}

#[test]
fn equal_emptiness_proves_nothing() {
    let empty = "create table t (id int primary key, a int);";
    let proof = prove(empty, "update t set a = a + 1", "update t set a = a * 2");
    assert_eq!(words(&proof), "equal");
    let (tables, why) = unproven(&proof);
    assert_eq!(tables, ["public.t"]);
    assert_eq!(why, "the base has no rows there that the changes touch");
    // The other side only changes the table's shape, which may fail on rows too.
    let proof = prove(
        empty,
        "update t set a = 1",
        "alter table t alter a set not null",
    );
    assert_eq!(unproven(&proof).0, ["public.t"]);
    let proof = prove(
        FULL,
        "update t set a = 1 where id = 99",
        "update t set a = 2",
    );
    assert_eq!(unproven(&proof).0, ["public.t"]);
    // A block says nothing about its tables.
    let proof = prove(
        empty,
        "do $$begin update t set a = 1; end$$",
        "update t set a = 2",
    );
    assert_eq!(unproven(&proof).0, ["public.t"], "{proof:#?}");
}

#[test]
fn an_empty_table_that_the_other_side_leaves_alone_does_not_matter() {
    let proof = prove(
        "create table t (a int); create table u (a int)",
        "update t set a = 1",
        "insert into u values (1)",
    );
    assert_eq!(words(&proof), "equal");
    assert_eq!(proof.data, DataVerdict::Compared { tables: 2, rows: 1 });
}

#[test]
fn who_inserts_first_gets_the_first_number() {
    let base = "create table r (id int generated always as identity, code text);";
    let proof = prove(
        base,
        "insert into r (code) values ('a')",
        "insert into r (code) values ('b')",
    );
    assert_eq!(
        words(&proof),
        "different: public.r (code, id): (a,1) and (b,2) in one order, (a,2) and (b,1) in the other"
    );
}

#[test]
fn rows_that_differ_at_each_run_prove_nothing() {
    let proof = prove(
        FULL,
        "alter table t add column at timestamptz; update t set at = clock_timestamp()",
        "update t set a = 3",
    );
    assert_eq!(
        words(&proof),
        "unproven: running the same order twice leaves different rows: public.t"
    );
    assert_eq!(unproven(&proof).0, ["public.t"]);
}

#[test]
fn what_triggers_and_functions_write_is_seen() {
    let base = "create table t (a int); create table log (a int); \
        create function note() returns trigger language plpgsql as \
        $$begin insert into log select count(*) from log; return null; end$$; \
        create trigger note after insert on t for each statement execute function note();";
    let proof = prove(
        base,
        "select 1; insert into t values (1)",
        "insert into log values (7)",
    );
    assert!(
        words(&proof).contains("public.log (a): (0) in one order, (1) in the other"),
        "{proof:#?}"
    );
    // Nobody says that this changes rows.
    let mut hidden = super::side(
        "a",
        &["do $$begin execute 'ins' || 'ert into t values (1)'; end$$"],
    );
    hidden.steps[0].changes_data = false;
    let proof = migrations_common::proof::prove(
        &mut super::shadow(base),
        &hidden,
        &super::side("b", &["create table u ()"]),
    )
    .expect("the server stays");
    assert_eq!(words(&proof), "equal");
    assert_eq!(
        proof.data,
        DataVerdict::Compared { tables: 3, rows: 2 },
        "{proof:#?}"
    );
}

#[test]
fn tables_that_hide_rows_from_their_owner_are_read_too() {
    let proof = prove(
        &format!(
            "{FULL} alter table t enable row level security; alter table t force row level security; \
             create policy p on t using (id < 1); create policy w on t for update using (true)"
        ),
        "alter table t no force row level security; update t set a = 1; alter table t force row level security",
        "alter table t no force row level security; update t set a = 2; alter table t force row level security",
    );
    assert!(
        matches!(&proof.outcome, Outcome::Different { content, .. } if content[0].a_then_b.len() == 3),
        "{proof:#?}"
    );
}

#[test]
fn rows_that_a_change_of_type_computes_are_compared() {
    let double = "alter table t alter a type bigint using a * 2";
    let more = "alter table t alter a type bigint using a + 1";
    let proof = prove(FULL, double, more);
    assert_eq!(
        words(&proof),
        "different: public.t (a, id): (11,5) and (3,1) and (5,2) in one order, (10,4) and (12,5) and (4,1) in the other"
    );
    let empty = "create table t (id int primary key, a int);";
    let proof = prove(empty, double, more);
    assert_eq!(words(&proof), "equal");
    assert_eq!(unproven(&proof).0, ["public.t"]);
    // Without an expression there is nothing that rows could show.
    let proof = prove(
        empty,
        "alter table t alter a type bigint",
        "alter table t add column b int",
    );
    assert_eq!(words(&proof), "equal");
    assert_eq!(proof.data, DataVerdict::NotTouched);
}

#[test]
fn a_default_that_is_computed_for_each_row_is_compared() {
    let proof = prove(
        FULL,
        "alter table t add column at timestamptz default clock_timestamp()",
        "alter table t add column b int",
    );
    assert_eq!(
        words(&proof),
        "unproven: running the same order twice leaves different rows: public.t"
    );
}

#[test]
fn what_is_truncated_is_compared() {
    let mut hidden = super::side("a", &["do $$begin execute 'truncate t'; end$$"]);
    hidden.steps[0].changes_data = false;
    let insert = super::side("b", &["insert into t values (7, 7)"]);
    let proof = migrations_common::proof::prove(&mut super::shadow(FULL), &hidden, &insert)
        .expect("the server stays");
    assert_eq!(
        words(&proof),
        "different: public.t (a, id): (7,7) in one order, no such row in the other"
    );
    let proof = prove("create table t (a int)", "truncate t", "update t set a = 1");
    assert_eq!(unproven(&proof).0, ["public.t"]);
}

#[test]
fn what_is_certain_is_said_beside_what_differs_at_each_run() {
    let proof = prove(
        &format!("{FULL} alter table t add column at timestamptz;"),
        "update t set a = a + 1, at = clock_timestamp()",
        "update t set a = a * 2, at = clock_timestamp()",
    );
    assert!(
        words(&proof).starts_with("different: public.t (a, id): "),
        "{proof:#?}"
    );
    assert_eq!(unproven(&proof).0, ["public.t"]);
}

#[test]
fn a_materialized_view_that_is_refreshed_is_compared() {
    let base = format!("{FULL} create materialized view m as select sum(a) from t;");
    let proof = prove(&base, "refresh materialized view m", "update t set a = 0");
    assert_eq!(
        words(&proof),
        "different: public.m (sum): (15) in one order, (0) in the other"
    );
}

#[test]
fn rows_that_are_sent_back_are_counted_by_the_server() {
    let proof = prove(
        FULL,
        "update t set a = 1 where id < 3 returning *",
        "update t set a = 2 where id > 3 returning id",
    );
    assert_eq!(words(&proof), "equal");
    assert_eq!(proof.data, DataVerdict::Compared { tables: 1, rows: 5 });
}

#[test]
fn rows_of_partitions_are_those_of_their_table() {
    let base = "create table p (id int, a int) partition by list (id); \
        create table p_1 partition of p for values in (1); insert into p values (1, 1);";
    let proof = prove(base, "update p set a = 2", "update p set id = id");
    assert_eq!(words(&proof), "equal");
    assert_eq!(proof.data, DataVerdict::Compared { tables: 1, rows: 1 });
    let proof = prove(base, "update p set a = 2", "update p set a = 3");
    assert_eq!(
        words(&proof),
        "different: public.p_1 (a, id): (3,1) in one order, (2,1) in the other"
    );
}
