//! `SET search_path` within a file.

use super::check;

#[test]
fn names_are_looked_for_in_the_path_that_was_set() {
    check(
        "set search_path = stage, public; select 1 from users; create view v as select 1 from users",
        &[
            "read no columns in rows of users  <- users",
            "create stage.v  <- v",
            "need type of users  <- users",
        ],
    );
    check(
        r#"set local search_path to "$user", 'Odd'; select 1 from users"#,
        &["read no columns in rows of Odd.users  <- users"],
    );
    check(
        "set schema 'stage'; select 1 from users",
        &["read no columns in rows of stage.users  <- users"],
    );
    check(
        r#"set search_path = "$user""#,
        &[
            r#"unknown, names are looked for in the schema of whoever runs it: anything  <- search_path = "$user""#,
        ],
    );
    check(
        "set search_path = ''; select 1 from stage.users",
        &["read no columns in rows of stage.users  <- stage.users"],
    );
    check(
        r#"select set_config('search_path', 'a, "B"', false); select 1 from users"#,
        &["read no columns in rows of users  <- users"],
    );
    check(
        "set search_path = stage; reset search_path; select 1 from users",
        &["read no columns in rows of users  <- users"],
    );
    check(
        "set search_path = stage; set search_path to default; select 1 from users",
        &["read no columns in rows of users  <- users"],
    );
    check(
        "set search_path = stage; reset all; select 1 from users",
        &["read no columns in rows of users  <- users"],
    );
    check(
        "select set_config('search_path', x, true) from t",
        &[
            "unknown, the search path is built when it runs: anything  <- set_config('search_path', x, true)",
            "need existence of t.x  <- x",
            "read x in rows of t  <- t",
        ],
    );
    check("select set_config('work_mem', '1', true)", &[]);
}

#[test]
fn a_block_sets_the_path_for_what_follows() {
    check(
        "do $$ begin set search_path = stage; end $$; select 1 from users",
        &["read no columns in rows of stage.users  <- users"],
    );
    check(
        "do $$ begin if random() > 1 then set search_path = stage; end if; end $$",
        &[
            "call function random  <- random",
            "unknown, where names are looked for from here on depends on what happens: anything  <- set search_path = stage",
        ],
    );
}
