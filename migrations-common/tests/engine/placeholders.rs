//! Values of `${…}` on the server: whatever they are, they stay what they were meant as.

use migrations_common::placeholder::Values;
use migrations_common::report::Report;

use crate::support::{Recorder, TestDatabase, app, applied, problem, target_at};

const HOSTILE: &str = "x\"; drop table keep; -- ' \\' $$ ${y} /*";

fn run(text: &str, values: &[(&str, &str)], place: &TestDatabase) -> Report {
    let shop = app("shop", "", &[("V1__a.sql", text)]);
    let mut target = target_at(&shop, &place.url());
    target.scope.values = values
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect::<Values>();
    Recorder::new().migrate(&[target.into()])
}

#[test]
fn a_hostile_value_is_only_a_name_or_only_a_string() {
    for header in [
        "",
        "-- migration: no-transaction\n-- migration: idempotent\n",
    ] {
        let place = TestDatabase::new();
        place.run("create table keep ()");
        let report = run(
            &format!(
                "{header}-- migration: placeholders\n-- migration: only-if select ${{v:literal}} <> '' -- ${{no}}\n\
                 create table ${{v}} (t text);\n-- ${{unknown}}\ninsert into ${{v}} values (${{v:literal}}), ('a' || $${{v}} || '');\n\
                 do $body$begin insert into ${{v}} values (${{v:literal}}); end$body$"
            )
            .replace("'a' || $${v} || ''", "'$'"),
            &[("v", HOSTILE)],
            &place,
        );
        assert_eq!(applied(&report), [1], "{report:#?}");
        assert!(place.has("keep"));
        let name = place.value("select relname from pg_class where relname like 'x%'");
        assert_eq!(name, HOSTILE);
        let table = format!("\"{}\"", HOSTILE.replace('"', "\"\""));
        assert_eq!(
            place.value(&format!(
                "select count(*) from {table} where t = E'{}'",
                HOSTILE.replace('\\', "\\\\").replace('\'', "''")
            )),
            "2"
        );
    }
}

#[test]
fn a_value_that_would_end_the_quotes_around_it_is_refused() {
    let place = TestDatabase::new();
    let report = run(
        "-- migration: placeholders\ndo $$begin perform ${v:literal}; end$$",
        &[("v", HOSTILE)],
        &place,
    );
    assert_eq!(
        (
            problem(&report).code,
            problem(&report).places[0].line_column()
        ),
        ("placeholder", (2, 20))
    );
    assert_eq!(place.history("shop"), "none");
}

/// Where the server's error in `text` is shown.
fn check_place(text: &str, at: (usize, usize)) {
    for header in [
        "-- migration: placeholders\n",
        "-- migration: placeholders\n-- migration: no-transaction\n-- migration: idempotent\n",
    ] {
        let place = TestDatabase::new();
        let report = run(
            &format!("{header}{text}"),
            &[("v", "größe\nor two lines"), ("w", "w")],
            &place,
        );
        let (line, column) = problem(&report).places[0].line_column();
        assert_eq!(
            (line - header.lines().count(), column),
            at,
            "{text}: {report:#?}"
        );
    }
}

#[test]
fn an_error_is_shown_where_the_file_has_it() {
    check_place("select ${v:literal},\n  oops", (2, 3));
    check_place("select ${v:literal}, ${w:literal}, oops", (1, 36));
    check_place("select 1; select ${v:literal}; select 'é', oops", (1, 44));
    check_place("select 1 as a,\n ${w} from (select) x", (2, 2));
    check_place("select ${v:literal};\nselect 1 / 0", (2, 1));
    check_place("select ${v:literal} +", (1, 22));
}
