use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

const WIDE: Look = Look {
    width: 120,
    colour: false,
};
const NARROW: Look = Look {
    width: 60,
    colour: false,
};

/// The place of the first `marked` in `text`, with a label.
fn place(path: &str, text: &str, marked: &str) -> Place {
    let start = text.find(marked).expect("contained");
    Place::new(path, text, start..start + marked.len()).labelled("here")
}

fn show(place: Place, look: Look) -> String {
    let problem = Problem::failed("syntax", "no such thing").at(place);
    render(&problem, Severity::Error, look)
}

fn backfill() -> Problem {
    let text = "update users\n   set email = lower(email)\n where true\n   and emial is null;\n";
    let place = place(
        "apps/app1/migrations/core/V16__backfill_email.sql",
        text,
        "emial",
    );
    Problem::failed("migration-failed", "column \"emial\" does not exist")
        .at(place.labelled("PostgreSQL 42703; hint: perhaps you meant \"users.email\""))
        .note("app1 core (public): V16 was rolled back, nothing of it remains; core stands at V15")
        .note("V17 was not reached")
        .help("fix the file and run `cargo xtask migrate app1` again")
}

#[test]
fn a_problem_says_what_where_and_what_to_do() {
    assert_snapshot!(render(&backfill(), Severity::Error, WIDE), @r#"
    error[migration-failed]: column "emial" does not exist
     --> apps/app1/migrations/core/V16__backfill_email.sql:4:8
      |
    4 |    and emial is null;
      |        ^^^^^ PostgreSQL 42703; hint: perhaps you meant "users.email"
      = app1 core (public): V16 was rolled back, nothing of it remains; core stands at V15
      = V17 was not reached
      help: fix the file and run `cargo xtask migrate app1` again
    "#);
}

#[test]
fn words_are_not_wrapped() {
    assert_snapshot!(render(&backfill(), Severity::Error, NARROW), @r#"
    error[migration-failed]: column "emial" does not exist
     --> apps/app1/migrations/core/V16__backfill_email.sql:4:8
      |
    4 |    and emial is null;
      |        ^^^^^ PostgreSQL 42703; hint: perhaps you meant "users.email"
      = app1 core (public): V16 was rolled back, nothing of it remains; core stands at V15
      = V17 was not reached
      help: fix the file and run `cargo xtask migrate app1` again
    "#);
}

#[test]
fn colours_are_those_of_rustc() {
    let look = Look {
        colour: true,
        ..WIDE
    };
    let text = render(&backfill(), Severity::Warning, look);
    assert_snapshot!(text.replace('\u{1b}', "␛"), @r#"
    ␛[1m␛[33mwarning[migration-failed]␛[0m␛[1m: column "emial" does not exist␛[0m
     ␛[1m␛[94m--> ␛[0mapps/app1/migrations/core/V16__backfill_email.sql:4:8
      ␛[1m␛[94m|␛[0m
    ␛[1m␛[94m4␛[0m ␛[1m␛[94m|␛[0m    and emial is null;
      ␛[1m␛[94m|␛[0m        ␛[1m␛[33m^^^^^␛[0m ␛[1m␛[33mPostgreSQL 42703; hint: perhaps you meant "users.email"␛[0m
      ␛[1m␛[94m=␛[0m app1 core (public): V16 was rolled back, nothing of it remains; core stands at V15
      ␛[1m␛[94m=␛[0m V17 was not reached
      ␛[1m␛[96mhelp␛[0m: fix the file and run `cargo xtask migrate app1` again
    "#);
    let plain = anstream::adapter::strip_str(&text).to_string();
    assert_eq!(plain, render(&backfill(), Severity::Warning, WIDE));
}

#[test]
fn helps_keep_their_lines_and_places_their_order() {
    let rename = "alter table users rename column name to full_name;\n";
    let index = format!("{}create index on users (name);\n", "-- why\n".repeat(11));
    let problem =
        Problem::verification("shared-table-conflict", "app1 and app2 both change `users`")
            .at(place("app1/V16__rename.sql", rename, "name to").labelled("renames `users.name`"))
            .at(place("app2/V9__index.sql", &index, "name").labelled("uses `users.name`"))
            .at(Place::file("shared-models/core/users.sql"))
            .note("proved on PostgreSQL 15.18:\napp2 then app1 works")
            .help("if app2's index comes first, say so:\n-- migration: requires app2/core/V9")
            .help("or agree");
    assert_snapshot!(render(&problem, Severity::Warning, NARROW), @r"
    warning[shared-table-conflict]: app1 and app2 both change `users`
      --> app1/V16__rename.sql:1:33
       |
     1 | alter table users rename column name to full_name;
       |                                 ^^^^^^^ renames `users.name`
       |
      ::: app2/V9__index.sql:12:24
       |
    12 | create index on users (name);
       |                        ---- uses `users.name`
      ::: shared-models/core/users.sql
       = proved on PostgreSQL 15.18:
         app2 then app1 works
       help: if app2's index comes first, say so:
             -- migration: requires app2/core/V9
       help: or agree
    ");
}

#[test]
fn a_place_without_text_is_a_path() {
    let problem =
        Problem::verification("deleted-migration", "V3__a is applied and its file is gone")
            .at(Place::file("apps/app1/migrations/core"))
            .at(Place::file("apps/app1/migrations.toml"))
            .note("applied on 2026-01-01")
            .help("restore the file");
    assert_snapshot!(render(&problem, Severity::Error, NARROW), @r"
    error[deleted-migration]: V3__a is applied and its file is gone
     --> apps/app1/migrations/core
     ::: apps/app1/migrations.toml
      = applied on 2026-01-01
      help: restore the file
    ");
    let text_comes_later = problem.at(place("b.sql", "select 1;", "1"));
    assert_snapshot!(render(&text_comes_later, Severity::Error, NARROW), @r"
    error[deleted-migration]: V3__a is applied and its file is gone
     --> apps/app1/migrations/core
     ::: apps/app1/migrations.toml
      |
     ::: b.sql:1:8
      |
    1 | select 1;
      |        ^ here
      = applied on 2026-01-01
      help: restore the file
    ");
}

#[test]
fn a_problem_may_have_no_place() {
    let problem = Problem::usage("unknown-app", "no app `ap1`; did you mean `app1`?").help("apps");
    assert_snapshot!(render(&problem, Severity::Error, NARROW), @r"
    error[unknown-app]: no app `ap1`; did you mean `app1`?
      help: apps
    ");
}

#[test]
fn the_caret_stands_below_what_it_means() {
    let crlf = show(
        place("crlf.sql", "select 1;\r\nselect x\r\n", "x\r\n"),
        NARROW,
    );
    assert_snapshot!(crlf, @r"
    error[syntax]: no such thing
     --> crlf.sql:2:8
      |
    2 | select x
      |        ^ here
    ");
    let tab = show(place("tab.sql", "\tselect\tx;\n", "x"), NARROW);
    assert_snapshot!(tab, @r"
    error[syntax]: no such thing
     --> tab.sql:1:9
      |
    1 |     select    x;
      |               ^ here
    ");
    let wide = show(place("wide.sql", "select 'größe 日本', x;\n", "x;"), NARROW);
    assert_snapshot!(wide, @r"
    error[syntax]: no such thing
     --> wide.sql:1:20
      |
    1 | select 'größe 日本', x;
      |                      ^^ here
    ");
    let end = show(
        Place::new("end.sql", "select 1\n", 9..9).labelled("here"),
        NARROW,
    );
    assert_snapshot!(end, @r"
    error[syntax]: no such thing
     --> end.sql:2:1
      |
    2 |
      | ^ here
    ");
    let whole_file = show(Place::new("file.sql", "-- why\nselect 1;\n", 0..0), NARROW);
    assert_snapshot!(whole_file, @r"
    error[syntax]: no such thing
     --> file.sql:1:1
      |
    1 | -- why
      | ^
    ");
}

#[test]
fn long_statements_are_folded() {
    let columns = (0..40).map(|n| format!("  c{n} int,\n"));
    let columns = columns.collect::<Vec<_>>().concat();
    let text = format!("-- why\ncreate table t (\n{columns}  last int\n);\nselect 1;\n");
    let statement = text.get(7..text.len() - 11).expect("within");
    assert_snapshot!(show(place("table.sql", &text, statement), NARROW), @r"
    error[syntax]: no such thing
      --> table.sql:2:1
       |
     2 | / create table t (
     3 | |   c0 int,
     4 | |   c1 int,
     5 | |   c2 int,
    ...  |
    43 | |   last int
    44 | | );
       | |__^ here
    ");
}

#[test]
fn long_lines_are_cut_around_the_caret() {
    let values = "(1, 'é'),".repeat(100);
    let text = format!("insert into t values {values} (x), {values}");
    for look in [NARROW, WIDE] {
        let shown = show(place("insert.sql", &text, "x"), look);
        assert!(
            shown.lines().all(|line| line.chars().count() <= look.width),
            "{shown}"
        );
    }
    assert_snapshot!(show(place("insert.sql", &text, "x"), NARROW), @r"
    error[syntax]: no such thing
     --> insert.sql:1:924
      |
    1 | ...),(1, 'é'),(1, 'é'), (x), (1, 'é'),(1, 'é'),(1, 'é...
      |                          ^ here
    ");
    assert_snapshot!(show(place("insert.sql", &text, &text), NARROW), @r"
    error[syntax]: no such thing
     --> insert.sql:1:1
      |
    1 | insert into t valu...(1, 'é'),(1, 'é'),
      | ^^^^^^^^^^^^^^^^^^...^^^^^^^^^^^^^^^^^^ here
    ");
}

#[test]
fn what_others_wrote_moves_no_cursor() {
    let problem = Problem::failed("migration-failed", "\u{1b}[2Jgone")
        .at(
            place("\u{1b}a.sql", "select '\u{1b}[2J\u{8}\u{9b}2J';", "'")
                .labelled("\u{1b}[2J\nnext"),
        )
        .note("\u{1b}[2J\r\nnext")
        .help("\u{9b}2J");
    let shown = render(&problem, Severity::Error, NARROW);
    assert!(
        !shown.contains(|c: char| c.is_control() && c != '\n'),
        "{shown:?}"
    );
}

proptest! {
    #[test]
    fn nothing_panics(
        text in "(?s)([a-z ;'\t\r\n]|é|日|\u{200d}|\u{feff}|.){0,200}",
        spans in prop::collection::vec((0_usize..220, 0_usize..220), 0..4),
        label in "(?s).{0,80}",
        width in 0_usize..200,
    ) {
        let mut problem = Problem::failed("x", label.clone()).note(label.clone()).help(label.clone());
        for (start, end) in spans {
            problem = problem.at(Place::new(label.clone(), text.as_str(), start..end).labelled(label.clone()));
        }
        render(&problem, Severity::Error, Look { width, colour: true });
    }
}
