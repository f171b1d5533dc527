//! `--env`: new is what an environment does not have yet.

use super::repository::{Repository, USERS, found};
use super::server::Server;
use crate::support::Run;

/// The apps in a database of dev's own, where the V1 of both are applied, and a rename and an index are not.
fn partly_applied(server: &Server, shared: &str) -> Repository {
    let repository = Repository::without_git().with_server_in(server.directory());
    let config = format!("[databases.core]\nshared = \"{shared}\"\n");
    repository.app("app1", &config);
    repository.app("app2", &config);
    let model = format!("-- owner: app1\n-- co-owners: app2\n{USERS}");
    repository.write(&format!("shared-models/{shared}/users.sql"), &model);
    migrate(&repository, &["--all"]);
    repository.migration(
        "app1",
        "V16__rename",
        "alter table users rename column name to full_name;",
    );
    repository.migration(
        "app2",
        "V9__idx",
        "create index users_name_idx on users (name);",
    );
    repository
}

fn migrate(repository: &Repository, arguments: &[&str]) {
    let mut command = repository.command(&["migrate"]);
    Run::of(&command.args(arguments).output().expect("runs")).expect(0);
}

#[test]
fn what_is_not_applied_there_is_new_and_what_is_applied_is_not() {
    let server = Server::shared();
    let repository = partly_applied(&server, "check_applied");
    let run = repository.check(&["--env", "dev", "--format", "json"]);
    assert_eq!(found(&run), ["error shared-table-conflict users order"]);
    let document = run.json();
    let versions: Vec<&serde_json::Value> = (document["new_migrations"]
        .as_array()
        .expect("a list")
        .iter())
    .map(|one| &one["version"])
    .collect();
    assert_eq!(versions, [16, 9]);
    assert_eq!(document["refs"], serde_json::json!([]));

    migrate(&repository, &["app2"]);
    let run = repository.check(&["--env", "dev"]).expect(0);
    assert!(
        run.stdout
            .ends_with("1 new migration in 1 app, 1 shared table · nothing to settle\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_proof_starts_from_what_is_applied() {
    let server = Server::shared();
    let repository = partly_applied(&server, "check_proved");
    let run = repository.check(&["--env", "dev", "--prove"]).expect(3);
    let piece = ": app2 then app1 works; app1 then app2 fails: column \"name\" does not exist";
    assert!(run.stdout.contains(piece), "{}", run.stdout);
}

#[test]
fn an_environment_that_cannot_be_asked_is_not_clean() {
    let repository = Repository::new();
    let config = "[databases.core]\nshared = \"core\"\n[environments.ci]\ncore = { url = \"postgres://nobody@127.0.0.1:1/none\" }\n";
    repository.app("app1", config);
    repository.app("app2", config);
    let run = repository.check(&["--env", "ci"]).expect(5);
    assert!(!run.stdout.contains("nothing to settle"), "{}", run.stdout);
    assert!(run.stderr.contains("127.0.0.1"), "{}", run.stderr);
}

#[test]
fn an_environment_and_a_branch_are_two_questions() {
    let repository = Repository::new();
    for other in [
        ["--base", "main"],
        ["--against", "main"],
        ["--against-untrusted", "main"],
    ] {
        let run = repository
            .check(&[&["--env", "dev"], &other[..]].concat())
            .expect(2);
        assert!(run.stderr.contains("cannot be used with"), "{}", run.stderr);
    }
    let run = repository.check(&["--env", "prod"]).expect(2);
    assert!(run.stderr.contains("prod"), "{}", run.stderr);
}
