//! Branches that meet: each green alone, and not together.

use super::repository::{Repository, USERS, found};
use super::server::Server;

const RENAME: &str = "alter table users rename column name to full_name;\n";
const INDEX: &str = "create index users_name_idx on users (name);\n";
const CONFLICT: [&str; 1] = ["error shared-table-conflict users order"];
const NOTHING: [&str; 0] = [];

/// `main`, where both apps own `users`, and nothing else.
fn with_two_owners() -> Repository {
    let repository = Repository::new();
    repository.checkout("main");
    repository.model("users", "-- owner: app1\n-- co-owners: app2\n", USERS);
    repository.commit("two owners");
    repository
}

/// `one` renames a column, `two` makes an index on it.
fn two_branches() -> Repository {
    let repository = with_two_owners();
    repository.branch_with("one", "main", "app1", "V16__rename_name", RENAME);
    repository.branch_with("two", "main", "app2", "V9__users_name_idx", INDEX);
    repository
}

#[test]
fn two_that_are_green_alone_conflict_when_they_are_merged() {
    let repository = two_branches();
    assert_eq!(repository.found(&[]), NOTHING);
    assert_eq!(repository.found(&["--against", "one"]), CONFLICT);
    repository.checkout("one");
    assert_eq!(repository.found(&[]), NOTHING);
    assert_eq!(repository.found(&["--against", "two"]), CONFLICT);
    repository.git(&["merge", "--quiet", "--no-edit", "two"]);
    assert_eq!(repository.found(&[]), CONFLICT);
}

#[test]
fn the_other_branch_is_named_and_the_line_goes_into_a_file_that_may_change() {
    let repository = two_branches();
    repository.checkout("one");
    let run = repository.check_on_main(&["--against", "two"]).expect(3);
    for piece in [
        "app1 and app2 on two both change `users`, and their order matters",
        " --> apps/app1/migrations/core/V16__rename_name.sql:1:33",
        " ::: apps/app2/migrations/core/V9__users_name_idx.sql:1:",
        "help: if app2's comes first, say so in V16__rename_name.sql:\n        -- migration: requires app2/core/V9\n",
        "1 new migration in 1 app, 1 shared table, compared with 1 on 1 other branch · 1 error\n",
    ] {
        assert!(
            run.stdout.contains(piece),
            "no `{piece}` in:\n{}",
            run.stdout
        );
    }
    // The line is good before the other branch has landed.
    let requires = format!("-- migration: requires app2/core/V9\n{RENAME}");
    repository.migration("app1", "V16__rename_name", &requires);
    assert_eq!(repository.found(&["--against", "two"]), NOTHING);
}

#[test]
fn what_has_landed_since_counts_though_the_branch_does_not_have_it() {
    let repository = two_branches();
    repository.checkout("main");
    repository.git(&["merge", "--quiet", "two"]);
    repository.checkout("one");
    assert_eq!(repository.found(&[]), CONFLICT);
    let run = repository.check_on_main(&[]).expect(3);
    let piece = "app1 and app2 on main both change `users`";
    assert!(run.stdout.contains(piece), "{}", run.stdout);
    // Taken in, it is still what landed last: the rename runs after it wherever it runs.
    repository.git(&["merge", "--quiet", "--no-edit", "main"]);
    assert_eq!(repository.found(&[]), NOTHING);
}

#[test]
fn what_landed_must_come_second_has_no_line_in_a_landed_file() {
    let repository = two_branches();
    repository.checkout("main");
    repository.git(&["merge", "--quiet", "one"]);
    repository.checkout("two");
    let run = repository.check_on_main(&[]).expect(3);
    assert!(run.stdout.contains("app1 on main"), "{}", run.stdout);
    let way =
        "help: app1's has landed: change V9__users_name_idx.sql so that it works on top of it";
    assert!(run.stdout.contains(way), "{}", run.stdout);
    assert!(
        !run.stdout.contains("-- migration: requires"),
        "V16 has landed, and V9 must not come after it:\n{}",
        run.stdout
    );
}

#[test]
fn a_merge_queue_sees_both_of_its_group() {
    let repository = two_branches();
    repository.branch("queue", "main");
    repository.git(&["merge", "--quiet", "--no-ff", "--no-edit", "one"]);
    repository.git(&["merge", "--quiet", "--no-ff", "--no-edit", "two"]);
    let merged = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["checkout", "--quiet", "--detach", &merged]);
    assert_eq!(repository.found(&[]), CONFLICT);
}

#[test]
fn of_ten_open_branches_only_the_two_that_conflict_see_it() {
    let repository = with_two_owners();
    for number in 1..=10 {
        let (app, text) = match number {
            3 => ("app1", RENAME.to_owned()),
            7 => ("app2", INDEX.to_owned()),
            n if n % 2 == 0 => ("app1", format!("create table t{n} (id int);")),
            n => ("app2", format!("create table t{n} (id int);")),
        };
        let (branch, file) = (format!("pr/{number}"), format!("V{}__n", number + 1));
        repository.branch_with(&branch, "main", app, &file, &text);
    }
    for number in 1..=10 {
        repository.checkout(&format!("pr/{number}"));
        let expected: &[&str] = if number == 3 || number == 7 {
            &CONFLICT
        } else {
            &NOTHING
        };
        assert_eq!(
            repository.found(&["--against", "pr/*"]),
            expected,
            "pr/{number}"
        );
    }
}

#[test]
fn one_app_on_two_branches_is_compared_with_itself() {
    let repository = with_two_owners();
    let phone = "alter table users add column phone";
    repository.branch_with(
        "one",
        "main",
        "app1",
        "V2__phone",
        &format!("{phone} text;"),
    );
    repository.branch_with(
        "two",
        "main",
        "app1",
        "V3__phone",
        &format!("{phone} bigint;"),
    );
    let run = repository.check_on_main(&["--against", "one"]).expect(3);
    for piece in [
        "app1 here and app1 on one both change `users`, and the two contradict each other",
        "help: no line settles a contradiction: change one of the two\n",
    ] {
        assert!(
            run.stdout.contains(piece),
            "no `{piece}` in:\n{}",
            run.stdout
        );
    }
    // Different columns are nobody's concern.
    repository.migration(
        "app1",
        "V3__phone",
        "alter table users add column fax text;",
    );
    assert_eq!(repository.found(&["--against", "one"]), NOTHING);
}

#[test]
fn a_forks_branch_is_read_and_never_run() {
    let server = Server::shared();
    let repository = with_two_owners().with_server_in(server.directory());
    let side_effect = |name: &str| format!("{INDEX}do $$ begin raise log 'run: {name}'; end $$;\n");
    repository.branch_with("friend", "main", "app2", "V9__idx", &side_effect("friend"));
    repository.branch_with("fork", "main", "app2", "V9__idx", &side_effect("fork"));
    repository.branch_with("one", "main", "app1", "V16__rename_name", RENAME);
    let trusted = repository
        .check_on_main(&["--prove", "--against", "friend"])
        .expect(3);
    assert!(
        trusted.stdout.contains("= proved on PostgreSQL"),
        "{}",
        trusted.stdout
    );
    let read = repository
        .check_on_main(&["--prove", "--against-untrusted", "fork"])
        .expect(3);
    let piece = "= not proved: nothing of a fork's branch is run";
    assert!(read.stdout.contains(piece), "{}", read.stdout);
    assert!(
        read.stdout.contains("and their order matters"),
        "{}",
        read.stdout
    );
    let log = server.log();
    assert!(log.contains("run: friend"), "the log tells what was run");
    assert!(!log.contains("run: fork"), "nothing of a fork was run");
    let run = repository.check_on_main(&["--against-untrusted", "fork", "--format", "json"]);
    assert_eq!(run.json()["refs"][1]["trusted"], false);
}

#[test]
fn what_is_agreed_on_a_branch_that_is_trusted_counts() {
    let repository = two_branches();
    let agreed = "-- owner: app1\n-- co-owners: app2\n-- agreed: app1/core/V16, app2/core/V9 because they talked\n";
    repository.model("users", agreed, USERS);
    repository.commit("agreed");
    assert_eq!(repository.found(&["--against", "one"]), NOTHING);
    repository.checkout("one");
    assert_eq!(repository.found(&["--against", "two"]), NOTHING);
    assert_eq!(repository.found(&["--against-untrusted", "two"]), CONFLICT);
}

#[test]
fn a_branch_that_stands_on_another_does_not_meet_itself() {
    let repository = with_two_owners();
    repository.branch_with("one", "main", "app1", "V16__rename_name", RENAME);
    repository.branch_with("two", "one", "app2", "V9__users_name_idx", INDEX);
    assert_eq!(repository.found(&["--against", "one"]), CONFLICT);
    repository.checkout("one");
    assert_eq!(repository.found(&["--against", "two"]), CONFLICT);
    let run = repository.check(&["--base", "one", "--format", "json"]);
    assert_eq!(found(&run), NOTHING, "on its own base it is nothing new");
}

#[test]
fn a_conflict_that_has_landed_is_nobodys_any_more() {
    let repository = two_branches();
    repository.branch_with(
        "three",
        "main",
        "app1",
        "V20__t",
        "create table t (id int);",
    );
    repository.checkout("main");
    repository.git(&["merge", "--quiet", "--no-edit", "one"]);
    repository.git(&["merge", "--quiet", "--no-edit", "two"]);
    repository.checkout("three");
    assert_eq!(repository.found(&[]), NOTHING);
}
