//! What is too deep, and what is only long.

use super::*;
use crate::{Action, Object, Surroundings, read};

/// What repeats, behind what it begins with.
const NESTS: &[(&str, &str)] = &[
    ("", "("),
    ("select ", "("),
    ("select ", "["),
    ("select ", "array["),
    ("select ", "not "),
    ("select ", "- "),
    ("select ", "@ "),
    ("select 1", "+1"),
    ("select 1", " or 1"),
    ("select a", "->b"),
    ("select a", ".b"),
    ("select a", "[1]"),
    ("select a", "::a"),
    ("select a ", "collate b "),
    ("select a ", "is null "),
    ("select ", "f("),
    ("select ", "case when "),
    ("select ", "case a when b then "),
    ("select ", "(select "),
    ("select ", "exists (select 1, "),
    ("select * from ", "(select * from ("),
    ("select * from a", " cross join b"),
    ("select * from a", " join b"),
    ("select 1, 2", " union select 1, 2"),
    ("with a as ", "(with a as "),
    ("alter table t add a int", "[]"),
    ("create table t (a int ", "check ("),
    ("create policy p on t using (", "("),
    ("", "explain "),
    ("", "create function f() begin atomic select 1; "),
    ("", "create schema s "),
    ("do $$ begin select ", "("),
    ("do $$ begin ", "if a then "),
    ("do $$ begin ", "begin b(); "),
    ("do $$ begin ", "for a in 1 .. 2 loop "),
    ("create function f() language sql as $$ select ", "f("),
];

fn read_here(sql: &str) -> crate::Script {
    let search_path = vec!["public".to_owned()];
    let placeholders = false;
    read(
        sql,
        &Surroundings {
            search_path,
            placeholders,
        },
    )
}

#[test]
fn a_statement_beyond_the_cap_is_unknown_and_the_others_are_read() {
    for (begin, nest) in NESTS {
        let deep = format!("{begin}{}", nest.repeat((1 << 20) / nest.len()));
        let sql = format!("drop table before; {}", deep.trim_end());
        let script = read_here(&sql);
        let [before, unread] = &*script.effects else {
            panic!("{begin}{nest}: {} effects", script.effects.len());
        };
        assert!(matches!(&before.object, Object::Relation(name) if name.name == "before"));
        let why = "it is nested deeper than 3000";
        assert!(
            matches!(&unread.action, Action::Unknown { why: it } if it == why),
            "{unread}"
        );
        assert_eq!(unread.span, 19..sql.len(), "{nest}");
        assert_eq!((before.statement, unread.statement), (0, 1));
    }
}

#[test]
fn what_follows_a_statement_beyond_the_cap_is_read() {
    let deep = format!("select 1{};\n", "+1".repeat(DEEPEST));
    let script = read_here(&format!("{deep} drop table behind"));
    let found: Vec<String> = script.effects.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "unknown, it is nested deeper than 3000: anything",
            "drop behind"
        ]
    );
    let [first, second] = &*script.statements else {
        panic!("{:?}", script.statements);
    };
    assert_eq!(*first, 0..deep.len() - 2);
    assert_eq!(*second, deep.len() + 1..deep.len() + 18);
}

#[test]
fn a_statement_at_the_cap_is_read() {
    for (begin, nest) in NESTS {
        let text = |count| format!("{begin}{}", nest.repeat(count));
        let counts = [2900, 1450, 960, 720, 480, 360];
        let most = counts
            .into_iter()
            .find(|count| too_deep(&text(*count)).is_empty());
        let text = text(most.unwrap_or_default());
        assert!(most.is_some(), "{nest}");
        read_here(&text);
    }
}

#[test]
fn long_lists_are_flat() {
    for flat in [
        format!(
            "insert into t values {}(1, 'a')",
            "(1, (2 + 3) * 4, f('b', c)),\n".repeat(9000)
        ),
        format!("select {} 1", "case when a then b end, ".repeat(9000)),
        format!("{} select 1", "begin; if; end; commit;".repeat(9000)),
        format!("select '{}'", "(".repeat(9000)),
        format!("select $a${}$a$ -- {}", "(".repeat(9000), "(".repeat(9000)),
        format!("/* {} */ select 1", "(".repeat(9000)),
        format!("select \"{}\"", "(".repeat(9000)),
        format!(
            "do $$ begin {} end $$",
            "if a then drop table if exists t; loop b(); end loop; end if; ".repeat(9000)
        ),
    ] {
        assert_eq!(
            too_deep(&flat),
            [],
            "{}",
            flat.get(..60).unwrap_or_default()
        );
    }
}

#[test]
fn bodies_in_strings_count() {
    let nest = "(".repeat(DEEPEST);
    for body in [
        format!("$$ select {nest} $$"),
        format!("$a$ select 1; select {nest} $a$"),
        format!("'select {nest}'"),
        format!("'select ''--'' {nest}'"),
        format!("$$ begin execute 'select {nest}'; end $$"),
        format!(
            "$$ begin execute $a$ do $b$ begin execute 'select ''--'' {nest}'; end $b$ $a$; end $$"
        ),
        format!("E'select -- \\n{nest}'"),
        format!("U&'select !0028{nest}' uescape '!'"),
        format!("$$ begin {} $$", "if a then ".repeat(DEEPEST)),
        format!("$$ begin {} $$", "x; begin ".repeat(DEEPEST)),
    ] {
        let create = format!("create function f() returns int language sql as {body}");
        assert_eq!(
            too_deep(&create),
            vec![0..create.len()],
            "{}",
            &create[..80]
        );
        assert_eq!(too_deep(&format!("do {body}")).len(), 1);
        let comment = format!("comment on table t is {body}");
        assert_eq!(too_deep(&comment), [], "{}", &comment[..80]);
    }
}
