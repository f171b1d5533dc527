//! Views, and tables made from queries.

use super::check;

#[test]
fn a_view_keeps_the_types_of_what_it_reads() {
    check(
        "create or replace view active (name) as select u.name from users u where u.active with check option",
        &[
            "create or replace active  <- active",
            "need type of users.name  <- name",
            "need type of users.active  <- active",
        ],
    );
    check(
        "create view v as select * from users, only t",
        &[
            "create v  <- v",
            "need columns of users  <- *",
            "need type of users  <- *",
            "need columns of t  <- *",
            "need type of t  <- *",
        ],
    );
    check(
        "create view n as select 1 from users where exists (select * from t)",
        &[
            "create n  <- n",
            "need type of users  <- users",
            "need columns of t  <- *",
            "need type of t  <- *",
        ],
    );
    check(
        "create view f as select shout(x::mood), lower(x), nextval('s') from t",
        &[
            "create f  <- f",
            "need type of function shout  <- shout",
            "need type of t.x  <- x",
            "need existence of type mood  <- mood",
            "need existence of s  <- 's'",
        ],
    );
    check(
        "create recursive view r (n) as values (1) union all select n + 1 from r",
        &["create r  <- r"],
    );
    check(
        "create temp view users as select id from users",
        &["need type of users.id  <- id"],
    );
}

#[test]
fn a_materialized_view_reads_rows_unless_it_is_made_empty() {
    check(
        "create materialized view if not exists m as select id from users",
        &[
            "create if missing m  <- m",
            "need type of users.id  <- id",
            "read id in rows of users  <- users",
        ],
    );
    check(
        "create materialized view m as select id from users with no data",
        &["create m  <- m", "need type of users.id  <- id"],
    );
    check(
        "refresh materialized view concurrently m",
        &[
            "truncate all columns in rows of m  <- m",
            "need key of m  <- m",
            "unknown, the view's query reads whatever it was defined to: anything  <- m",
        ],
    );
    check(
        "refresh materialized view m with no data",
        &["truncate all columns in rows of m  <- m"],
    );
}

#[test]
fn a_table_from_a_query_reads_it() {
    check(
        "create table if not exists copy as select id from users",
        &[
            "create if missing copy  <- copy",
            "need type of users.id  <- id",
            "read id in rows of users  <- users",
        ],
    );
    check(
        "create table t as execute p",
        &[
            "create t  <- t",
            "unknown, the table's query was prepared elsewhere: anything  <- create table t as execute p",
        ],
    );
    check(
        "select id into stage.copy from users",
        &[
            "create stage.copy  <- stage.copy",
            "need type of users.id  <- id",
            "read id in rows of users  <- users",
        ],
    );
    check(
        "create temp table users as select id from users; select * from users; select * from public.users",
        &[
            "need type of users.id  <- id",
            "read id in rows of users  <- users",
            "need columns of users  <- *",
            "read all columns in rows of users  <- public.users",
        ],
    );
}

#[test]
fn views_go() {
    check(
        "drop view if exists a, stage.b cascade",
        &[
            "drop if there cascade a  <- a",
            "drop if there cascade stage.b  <- stage.b",
            "unknown, CASCADE drops whatever depends on it: anything  <- cascade",
        ],
    );
    check("drop materialized view m", &["drop m  <- m"]);
}
