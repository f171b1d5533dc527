//! What effects lead to in a database that is known.

use crate::{Known, Surroundings, read};

/// On what `base` makes, `sql` has the effects `expected`, without the spans.
#[track_caller]
fn check(base: &str, sql: &str, expected: &[&str]) {
    let surroundings = Surroundings {
        search_path: vec!["app".to_owned(), "public".to_owned()],
        placeholders: false,
    };
    let mut known = Known::default();
    for statement in base.split_inclusive(";\n") {
        let mut script = read(statement, &surroundings);
        known.apply(&mut script);
    }
    let mut script = read(sql, &surroundings);
    known.apply(&mut script);
    let found: Vec<String> = script.effects.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{sql}");
}

#[test]
fn a_name_is_looked_for_along_the_search_path() {
    let base = "create table public.plans (id int primary key, price int);\n";
    check(
        base,
        "alter table plans drop column price",
        &["drop plans.price"],
    );
    check(
        &format!("{base}create table app.plans (price int);\n"),
        "alter table plans drop column price",
        &["drop app.plans.price"],
    );
}

#[test]
fn an_index_leads_to_its_table() {
    let base = "create table t (a int);\ncreate index i on t (a);\n";
    check(
        base,
        "drop index i",
        &["drop app.i", "drop index i of app.t"],
    );
    check(
        &format!("{base}alter index i rename to j;\n"),
        "drop index j",
        &["drop app.j", "drop index j of app.t"],
    );
}

#[test]
fn a_write_runs_triggers_and_what_they_do() {
    let base = "create table t (a int);\n\
        create table log (b int);\n\
        create function note() returns trigger language plpgsql as $$ begin insert into log (b) values (1); return new; end $$;\n\
        create trigger note after insert on t for each row execute function note();\n";
    check(
        base,
        "insert into t (a) values (1)",
        &[
            "insert a in rows of app.t",
            "call function app.note",
            "insert b in rows of app.log (conditional)",
            "need existence of app.log.b (conditional)",
            "need existence of app.t.a",
        ],
    );
}

#[test]
fn a_view_leads_to_what_it_shows() {
    check(
        "create table t (a int);\ncreate view v as select a from t;\n",
        "delete from v",
        &[
            "delete all columns in rows of app.v",
            "delete all columns in rows of app.t",
        ],
    );
}

#[test]
fn a_foreign_key_leads_both_ways() {
    let base = "create table p (id int primary key);\ncreate table c (p int references p on delete cascade);\n";
    check(
        base,
        "delete from p",
        &[
            "delete all columns in rows of app.p",
            "delete all columns in rows of app.c",
        ],
    );
    check(
        base,
        "update c set p = 1",
        &[
            "update p in rows of app.c",
            "read no columns in rows of app.p",
            "need existence of app.c.p",
        ],
    );
}

#[test]
fn a_parent_and_its_partitions_share_columns_and_rows() {
    let base = "create table p (a int) partition by range (a);\n\
        create table p1 partition of p for values from (1) to (2);\n";
    check(
        base,
        "alter table p add column b int",
        &["create app.p.b", "create app.p1.b"],
    );
    check(
        base,
        "truncate p1",
        &[
            "truncate all columns in rows of app.p1",
            "truncate all columns in rows of app.p",
        ],
    );
}

#[test]
fn a_call_does_what_the_body_does() {
    check(
        "create table t (a int);\ncreate function f() returns void language sql as 'delete from t';\n",
        "select f()",
        &[
            "call function app.f",
            "delete all columns in rows of app.t (conditional)",
        ],
    );
}
