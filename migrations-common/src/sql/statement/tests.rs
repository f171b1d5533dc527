//! Where statements begin and end.

use proptest::prelude::*;

use super::*;
use crate::sql::recognise::{adds_not_valid, validates};
use crate::sql::recognise::{first_words, refuses_transaction, step, transaction_control};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found: Vec<&str> = split(text).unwrap().iter().map(Statement::text).collect();
    assert_eq!(found, expected, "{text}");
}

/// `text` is one statement, and the next one is seen.
#[track_caller]
fn check_one(text: &str) {
    check(&format!("{text}; select 'next'"), &[text, "select 'next'"]);
}

#[test]
fn a_statement_has_neither_semicolon_nor_surrounding_comments() {
    check("", &[]);
    check(";; ;-- a\n;/* b */", &[]);
    check(" a ; b", &["a", "b"]);
    check(
        "-- x\na -- y\n;\n/* z */ b /* c */ d /* e */;",
        &["a", "b /* c */ d"],
    );
    check("\u{feff}select 1", &["select 1"]);
}

#[test]
fn what_is_quoted_does_not_split() {
    check_one("select ';', \";\", $$;$$, $a$;$$;$a$, E'\\';'");
    check_one("do $$ begin perform 1; end; $$");
    check_one("select a$$ from b$$");
    check_one("select /* ; /* ; */ ; */ 1 -- ;\n + 1");
}

#[test]
fn parentheses_do_not_split() {
    check_one("create rule r as on insert to t do also (delete from u; select 1;)");
    check_one("select (1, (2))");
    check("select 1); select 2", &["select 1)", "select 2"]);
    check("select (1; select 2", &["select (1; select 2"]);
}

#[test]
fn the_body_of_a_routine_is_one_statement() {
    check_one("create function f() returns int begin atomic select 1; end");
    check_one(
        "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC\n INSERT INTO t VALUES (1);\nEND",
    );
    check_one("create function f() returns int begin atomic end");
    check_one("create function f() returns int begin atomic ;; select 1;; end");
    check_one("create function f(a int) returns int return case when a > 0 then 1 end");
    check_one(
        "create function f() returns int begin atomic select case when a then case b when 1 then 2 end end from t; end",
    );
    check_one(
        "create function f() returns int begin atomic select (case when a then 1 end); end cost 1",
    );
    check_one("create function f() returns int as 'begin atomic; end' language sql");
    check_one("create function begin() returns int begin atomic select begin from t; end");
}

/// A server accepts each of these; psql takes the first `end` or `begin` for the keyword.
#[test]
fn a_column_named_like_a_keyword_ends_no_body() {
    check_one("create function f() returns int begin atomic select a as end from t; select 1; end");
    check_one("create function f() returns int begin atomic select a end; select 1; end");
    check_one("create function f() returns int begin atomic select begin from t; end");
    check_one("create function f() returns int begin atomic select a as case from t; end");
}

#[test]
fn only_a_routine_has_a_body() {
    check("begin; select 1; end", &["begin", "select 1", "end"]);
    check(
        "begin atomic; select 1; end",
        &["begin atomic", "select 1", "end"],
    );
    check(
        "create table function (a int); begin; end",
        &["create table function (a int)", "begin", "end"],
    );
    check(
        "create view v as select 1; begin atomic; end",
        &["create view v as select 1", "begin atomic", "end"],
    );
    check(
        "create function f(begin atomic int) returns int return 1; end",
        &[
            "create function f(begin atomic int) returns int return 1",
            "end",
        ],
    );
}

#[test]
fn what_does_not_end_is_reported_where_it_begins() {
    for (text, what, opener) in [
        ("select 1; select 'a''", Opened::String, "'a"),
        ("select \"é\", \"b", Opened::Identifier, "\"b"),
        ("select 1 /* /* */", Opened::Comment, "/* /*"),
        ("do $a$ $$ $b$", Opened::DollarString, "$a$"),
    ] {
        let found = split(text).unwrap_err();
        let start = text.find(opener).unwrap();
        assert_eq!(found, Unterminated { what, start }, "{text}");
    }
}

#[test]
fn deep_nesting_needs_no_stack() {
    let depth = 200_000;
    let text = format!("select {}1{}", "(".repeat(depth), ")".repeat(depth));
    check_one(&text);
    let bodies = "create function f() begin atomic ".repeat(depth) + &"end; ".repeat(depth) + "x";
    assert_eq!(split(&bodies).unwrap().len(), 2);
}

/// One statement, as it may be written.
fn well_formed() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "select 1",
        "select 'it''s;', E'\\';' , U&'\\0061;'",
        "select E'a'\n  'b\\';'",
        "select \"a;\"\"b\" from t",
        "do $$ begin; end; $$",
        "do $a$ ; $$ ; $a$ language plpgsql",
        "create rule r as on insert to t do (a; b)",
        "create function f() returns int begin atomic select case when a then 1 end; end",
        "create or replace procedure p() begin atomic select 1 end; ; end",
        "update t set a = b -- c;\n + 1",
        "insert /* ; /* ; */ */ into t values (1)",
        "alter type mood add value 'x'",
        "begin",
        "end",
        "select a$$, b$$",
    ])
}

proptest! {
    #[test]
    fn statements_put_together_are_given_back(
        parts in proptest::collection::vec((well_formed(), "( |\n|;|-- ';\n|/\\* \" \\*/){0,3}"), 0..12),
    ) {
        let mut text = String::new();
        for (statement, gap) in &parts {
            text.extend([gap.as_str(), statement, ";"]);
        }
        let found: Vec<&str> = split(&text).unwrap().iter().map(Statement::text).collect();
        let expected: Vec<&str> = parts.iter().map(|(statement, _)| *statement).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_text_makes_a_question_panic(
        words in proptest::collection::vec(
            proptest::sample::select(
                "create unique index concurrently if not exists on only t . ( ) , * \"a\"\"\" \"\" U&\"\\00\" alter table \
                 type add value 'x' E'\\ud800' u&'\\' uescape '!' constraint valid validate drop detach partition \
                 finalize reindex cluster rollback to with $$a$$ = subscription refresh set vacuum ; [ ] 1 domain"
                    .split(' ')
                    .collect::<Vec<_>>(),
            ),
            0..16,
        ),
    ) {
        let text = words.join(" ");
        for statement in split(&text).into_iter().flatten() {
            prop_assert!(!first_words(&statement).is_empty());
            transaction_control(&statement);
            refuses_transaction(&statement);
            adds_not_valid(&statement);
            validates(&statement);
            step(&statement);
        }
    }
}
