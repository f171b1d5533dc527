//! `--prove`: what running both orders adds to a verdict.

use super::repository::{Repository, USERS};
use super::server::Server;

fn repository(server: &Server) -> Repository {
    let repository = Repository::new().with_server_in(server.directory());
    repository.model("users", "-- owner: app1\n-- co-owners: app2\n", USERS);
    repository
}

#[track_caller]
fn says(repository: &Repository, code: i32, pieces: &[&str]) {
    let run = repository.check_on_main(&["--prove"]).expect(code);
    for piece in pieces {
        assert!(
            run.stdout.contains(piece),
            "no `{piece}` in:\n{}",
            run.stdout
        );
    }
}

#[test]
fn what_commutes_on_a_shared_table_is_still_to_be_agreed_upon() {
    let server = Server::shared();
    let repository = repository(&server);
    repository.migration("app1", "V2__a", "alter table users add column a int;");
    repository.migration("app2", "V2__b", "alter table users add column b int;");
    says(
        &repository,
        3,
        &[
            "error[shared-table-conflict]: app1 and app2 both change `users`, without knowing of each other",
            ": both orders work, and leave the same but for the positions of columns, which nothing should depend on",
        ],
    );
    assert_eq!(
        repository.found(&["--prove"]),
        ["error shared-table-conflict users commutes"]
    );
    let warn = "[workspace]\nresolver = \"3\"\nmembers = [\"apps/*\"]\n[workspace.metadata.migrations]\ncommuting = \"warn\"\n";
    repository.write("Cargo.toml", warn);
    assert_eq!(
        repository.found(&["--prove"]),
        ["warning shared-table-conflict users commutes"]
    );
    let unproved = repository.found(&[]);
    assert_eq!(
        unproved,
        ["error shared-table-conflict users commutes"],
        "only what is proved passes"
    );
}

#[test]
fn a_difference_is_told_fact_by_fact() {
    let server = Server::shared();
    let repository = repository(&server);
    repository.migration(
        "app1",
        "V2__a",
        "comment on column users.name is 'what they are called';",
    );
    repository.migration(
        "app2",
        "V2__b",
        "comment on column users.name is 'how they sign';",
    );
    says(
        &repository,
        3,
        &[
            ": both orders work, and what they leave differs; here is app2 then app1, with app1 then app2 as what is expected:",
            "what they are called",
            "how they sign",
        ],
    );
}

#[test]
fn rows_are_compared_where_the_base_has_some() {
    let server = Server::shared();
    let repository = repository(&server);
    repository.migration(
        "app1",
        "V3__ann",
        "update users set name = 'Ann' where id = 1;",
    );
    repository.migration(
        "app2",
        "V2__bob",
        "update users set name = 'Bob' where id = 2;",
    );
    says(
        &repository,
        3,
        &[
            ": both orders work, and make the same schema\n",
            "= what they do to rows stays unproven: ",
        ],
    );

    repository.git(&["stash", "--quiet", "--include-untracked"]);
    repository.checkout("main");
    repository.migration(
        "app1",
        "V2__rows",
        "insert into users values (1, 'a'), (2, 'b');",
    );
    repository.commit("rows");
    repository.checkout("work");
    repository.git(&["merge", "--quiet", "main"]);
    repository.git(&["stash", "pop", "--quiet"]);
    says(
        &repository,
        3,
        &[
            "= the rows of all tables were compared, too",
            "without knowing of each other",
        ],
    );
}

#[test]
fn tenants_meet_in_a_schema_that_stands_for_all() {
    let server = Server::shared();
    let repository = Repository::new().with_server_in(server.directory());
    let config = "[databases.core]\nshared = \"core\"\nlayout = \"schema-per-tenant\"\ntenants = { list = [\"acme\"] }\n";
    repository.app("app1", config);
    repository.app("app2", config);
    repository.model("users", "-- owner: app1\n-- co-owners: app2\n", USERS);
    repository.commit("tenants");
    repository.migration(
        "app1",
        "V2__a",
        "alter table users rename column name to full_name;",
    );
    repository.migration("app2", "V2__b", "create index on users (name);");
    let run = repository.check(&["--base", "work", "--prove"]).expect(3);
    let piece = ": app2 then app1 works; app1 then app2 fails: column \"name\" does not exist";
    assert!(run.stdout.contains(piece), "{}", run.stdout);
}

#[test]
fn a_base_that_does_not_replay_is_said() {
    let server = Server::shared();
    let repository = Repository::new().with_server_in(server.directory());
    repository.model("users", "-- owner: app1\n-- co-owners: app2\n", USERS);
    repository.migration("app1", "V2__broken", "create index on nowhere (id);");
    repository.commit("broken");
    repository.migration("app1", "V3__a", "alter table users add column a int;");
    repository.migration("app2", "V3__b", "alter table users add column b int;");
    let run = repository.check(&["--base", "work", "--prove"]).expect(3);
    for piece in ["= not proved: ", "relation \"nowhere\" does not exist"] {
        assert!(
            run.stdout.contains(piece),
            "no `{piece}` in:\n{}",
            run.stdout
        );
    }
}

#[test]
fn where_nothing_meets_nothing_is_run() {
    let server = Server::shared();
    let repository = repository(&server);
    repository.migration("app1", "V2__t", "create table t (id int);");
    says(
        &repository,
        0,
        &["1 new migration in 1 app · nothing to settle\n"],
    );
}
