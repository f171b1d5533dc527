//! Agreements that hold, and those that do not.

use super::repository::{Repository, USERS};

const ADD: &str = "alter table users add column phone text;";

/// What is said of `line` in the header of `users`, where `app2` adds a column to it by its V2.
fn said_of(line: &str) -> (Repository, String) {
    let repository = Repository::new();
    repository.migration("app2", "V2__phone", ADD);
    let header =
        format!("-- owner: app1\n-- agreed: app2/core/V2 because app1 has no time\n{line}\n");
    repository.model("users", &header, USERS);
    let said = repository.check_on_main(&[]).stdout;
    (repository, said)
}

#[test]
fn one_that_names_a_migration_which_is_nowhere_is_stale() {
    let (repository, said) = said_of("-- agreed: app1/core/V7 because of nothing");
    assert_eq!(repository.found(&[]), ["error stale-agreement users"]);
    assert_eq!(
        said,
        "\
error[stale-agreement]: an agreement does not hold: there is no migration app1/core/V7
 --> shared-models/core/users.sql:3:1
  |
3 | -- agreed: app1/core/V7 because of nothing
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  help: correct the line, or remove it

1 new migration in 1 app, 1 shared table · 1 error
"
    );
}

#[test]
fn one_that_names_a_migration_which_does_not_touch_the_table_is_stale() {
    let (repository, _) = said_of("-- agreed: app2/core/V3 because of nothing");
    repository.migration("app2", "V3__total", "update orders set total = 0;");
    let said = repository.check_on_main(&[]).expect(3).stdout;
    let piece = "an agreement does not hold: app2/core/V3 does not touch what this file defines";
    assert!(said.contains(piece), "{said}");
}

#[test]
fn one_whose_migrations_have_landed_is_history() {
    let (_, said) = said_of("-- agreed: app1/core/V1, app2/core/V1 because of the past");
    assert!(said.ends_with(" · nothing to settle\n"), "{said}");
}

#[test]
fn one_that_cannot_be_read_is_told_with_its_form() {
    for (line, what) in [
        (
            "-- agreed: app1/core/V1",
            "an agreement says why: `because …` is missing",
        ),
        (
            "-- agreed: app1/core/V1 because",
            "an agreement says why: nothing stands after `because`",
        ),
        (
            "-- agreed: app1 V1 because of it",
            "`app1 V1` names no migration",
        ),
    ] {
        let (repository, said) = said_of(line);
        assert_eq!(
            repository.found(&[]),
            ["error stale-agreement users"],
            "{line}"
        );
        assert!(said.contains(what), "no `{what}` in:\n{said}");
        let form = "help: write it as\n        -- agreed: app1/core/V16, app2/core/V9 because …";
        assert!(said.contains(form), "{said}");
    }
}

#[test]
fn one_about_an_index_that_is_dropped_touches_its_table() {
    let repository = Repository::new();
    repository.migration(
        "app1",
        "V2__idx",
        "create index users_name_idx on users (name);",
    );
    repository.commit("an index");
    repository.migration("app2", "V2__drop", "drop index users_name_idx;");
    let run = repository.check(&["--base", "work", "--format", "json"]);
    assert_eq!(super::repository::found(&run), ["error not-owner users"]);
    repository.model(
        "users",
        "-- owner: app1\n-- agreed: app2/core/V2 because it is slow\n",
        USERS,
    );
    repository.check(&["--base", "work"]).expect(0);
    // When it has landed, too.
    repository.commit("dropped");
    repository.check(&["--base", "work"]).expect(0);
}
