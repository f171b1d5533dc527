//! What is asked for, and from where.

use std::process::Command;

use super::repository::{Repository, found};
use crate::support::{Run, xtask};

#[test]
fn where_nothing_is_new_one_line_says_so() {
    let run = Repository::new().check_on_main(&[]).expect(0);
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("no new migration · nothing to settle\n", "")
    );
}

#[test]
fn a_name_that_is_mistyped_is_corrected() {
    let repository = Repository::new();
    for (arguments, said) in [
        (&["ap1"][..], "no app `ap1`; did you mean `app1`?"),
        (&["--agianst", "main"], "unexpected argument '--agianst'"),
        (&["--base", "mian"], "mian"),
        (&["--base", "main", "--against", "wrok"], "wrok"),
    ] {
        let run = repository.check(arguments);
        assert_eq!(run.stdout, "", "{arguments:?}");
        run.expect(2).says(&[said]);
    }
}

#[test]
fn without_git_every_migration_is_new() {
    let repository = Repository::without_git();
    let run = repository.check(&[]).expect(0);
    assert!(
        run.stdout.starts_with("2 new migrations in 2 apps"),
        "{}",
        run.stdout
    );
    repository
        .check(&["--base", "main"])
        .expect(2)
        .says(&["is in no git repository"]);
}

#[test]
fn an_app_sees_what_concerns_it() {
    let repository = Repository::new();
    repository.app("app3", "[databases.core]\nshared = \"core\"\n");
    repository.migration("app2", "V2__a", "alter table users add column a int;");
    repository.migration("app3", "V1__b", "alter table orders add column b int;");
    let of = |apps: &[&str]| {
        found(&repository.check(&[&["--base", "main", "--format", "json"], apps].concat()))
    };
    let (users, orders) = (
        "error not-owner users",
        "error foreign-private-table orders",
    );
    assert_eq!(of(&[]), [users, orders]);
    assert_eq!(of(&["app1"]), [users]);
    assert_eq!(of(&["app3"]), [orders]);
    assert_eq!(of(&["app2"]), [users, orders]);
}

#[test]
fn it_runs_from_elsewhere() {
    let repository = Repository::new();
    repository.migration("app2", "V2__a", "alter table users add column a int;");
    let here = repository.check_on_main(&[]).expect(3);
    let elsewhere = tempfile::tempdir().expect("made");
    let mut command: Command = xtask();
    let manifest = repository.path("Cargo.toml");
    command
        .arg("--manifest-path")
        .arg(manifest)
        .args(["check", "--base", "main"]);
    let there = Run::of(
        &command
            .current_dir(elsewhere.path())
            .output()
            .expect("runs"),
    )
    .expect(3);
    assert_eq!(there.stdout, here.stdout);
    let below = Run::of(
        &repository
            .command(&["check", "--base", "main"])
            .current_dir(repository.path("apps/app1"))
            .output()
            .expect("runs"),
    );
    assert_eq!(below.stdout, here.stdout);
}

#[test]
fn two_runs_say_the_same() {
    let repository = Repository::new();
    repository.model(
        "orders",
        "",
        "create table orders (id bigint primary key, total int);",
    );
    for number in 2..8 {
        let text = format!(
            "alter table users add column c{number} int, drop column if exists name;\nupdate orders set total = {number};"
        );
        repository.migration("app1", &format!("V{number}__a"), &text);
        repository.migration("app2", &format!("V{number}__b"), &text);
    }
    for format in ["human", "json"] {
        let runs = [(); 2].map(|()| repository.check_on_main(&["--format", format]).expect(3));
        assert_eq!(runs[0].stdout, runs[1].stdout);
    }
}

#[test]
fn a_glob_that_names_no_branch_is_told() {
    let run = Repository::new()
        .check_on_main(&["--against", "pr/*"])
        .expect(0);
    run.says(&["pr/*"]);
}

#[test]
fn a_config_that_is_wrong_hides_migrations_and_is_no_clean_answer() {
    let repository = Repository::new();
    repository.app("app2", "[databases.core]\nshard = \"core\"\n");
    let run = repository.check_on_main(&[]).expect(2);
    assert_eq!(run.stdout, "");
    run.says(&["apps/app2/migrations.toml", "shard"]);
}

#[test]
fn what_is_no_table_is_called_what_it_is() {
    let repository = Repository::new();
    let default = "alter default privileges in schema public grant select on tables to public;";
    repository.migration("app1", "V2__default", default);
    repository.migration("app2", "V2__t", "create table t (id int);");
    let run = repository.check_on_main(&[]).expect(3);
    let piece = "app1 changes schema `public`, which app2 uses, and their order matters";
    assert!(run.stdout.contains(piece), "{}", run.stdout);
    let found = repository.found(&[]);
    assert_eq!(found, ["error shared-table-conflict schema public order"]);
}

#[test]
fn a_file_that_cannot_run_is_a_finding() {
    let repository = Repository::new();
    repository.migration(
        "app1",
        "V2__ends",
        "alter table users add a int;\ncommit;\n",
    );
    repository.migration("app1", "V3_misnamed", "select 1;\n");
    let found = repository.found(&[]);
    for code in ["error transaction-control", "error misnamed-migration"] {
        assert!(found.iter().any(|one| one == code), "{code}: {found:?}");
    }
    repository.check_on_main(&[]).expect(3);
}
