//! Statements that cannot be read from their text.

use super::repository::{Repository, found};

const DYNAMIC: &str = "do $$ begin execute 'drop table ' || current_user; end $$;\n";

#[test]
fn it_fails_where_apps_meet() {
    let repository = Repository::new();
    repository.migration("app1", "V2__dynamic", DYNAMIC);
    let run = repository.check_on_main(&[]).expect(3);
    assert_eq!(
        run.stdout,
        "\
error[unknown-effect]: what V2__dynamic does here cannot be read from its text
 --> apps/app1/migrations/core/V2__dynamic.sql:1:21
  |
1 | do $$ begin execute 'drop table ' || current_user; end $$;
  |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the statement is built when it runs
  help: write the statement out, so that it can be compared with what others do
  help: or say in V2__dynamic.sql why nobody else is concerned:
        -- migration: allow unknown-effect because …

1 new migration in 1 app · 1 error
"
    );
}

#[test]
fn it_warns_in_a_database_of_one_app() {
    let repository = Repository::new();
    repository.app("app3", "[databases.core]\n");
    repository.migration("app3", "V1__dynamic", DYNAMIC);
    assert_eq!(repository.found(&[]), ["warning unknown-effect"]);
}

#[test]
fn it_warns_in_a_function_that_is_only_made() {
    let repository = Repository::new();
    let function = "create function f() returns void language plpgsql as $$ begin execute 'drop table ' || current_user; end $$;";
    repository.migration("app1", "V2__f", function);
    assert_eq!(repository.found(&[]), ["warning unknown-effect"]);
    let run = repository.check_on_main(&[]).expect(0);
    let note = "= it stands in the body of a function, and happens when that is called";
    assert!(run.stdout.contains(note), "{}", run.stdout);
}

#[test]
fn a_reason_in_the_file_lets_it_pass() {
    let repository = Repository::new();
    let allowed =
        format!("-- migration: allow unknown-effect because it drops what nobody uses\n{DYNAMIC}");
    repository.migration("app1", "V2__dynamic", &allowed);
    assert_eq!(repository.found(&[]), [""; 0]);
}

#[test]
fn it_is_told_once_for_each_statement() {
    let repository = Repository::new();
    repository.migration("app1", "V2__twice", "alter tabel users add x int;");
    let run = repository.check_on_main(&[]).expect(3);
    assert!(
        run.stdout.contains("the parser does not know this syntax"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("= the same holds for "),
        "{}",
        run.stdout
    );
    assert!(run.stdout.ends_with(" · 1 error\n"), "{}", run.stdout);
    repository.migration("app1", "V2__twice", &format!("{DYNAMIC}{DYNAMIC}"));
    assert_eq!(repository.found(&[]), ["error unknown-effect"; 2]);
    repository.commit("it is");
    let run = repository.check(&["--base", "work", "--format", "json"]);
    assert_eq!(found(&run), [""; 0], "what has landed is not told again");
}
