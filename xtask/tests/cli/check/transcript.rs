//! A rename and an index of one shared table: the finding as a person and as a program reads it, and what settles it.

use serde_json::json;

use super::repository::Repository;
use super::server::Server;

const RENAME: &str = "alter table users rename column name to full_name;\n";
const INDEX: &str =
    "-- migration: no-transaction\ncreate index concurrently users_name_idx on users (name);\n";
const BOTH: &str = "-- agreed: app1/core/V16, app2/core/V9 because the index is dropped in V17\n";

/// Two apps, each with a migration that is sound by itself.
fn renamed_and_indexed() -> Repository {
    let repository = Repository::new();
    repository.migration("app1", "V16__rename_name", RENAME);
    repository.migration("app2", "V9__users_name_idx", INDEX);
    repository
}

#[test]
fn both_files_are_shown_with_what_to_write_into_which() {
    let run = renamed_and_indexed().check_on_main(&[]).expect(3);
    assert_eq!(
        run.stdout,
        "\
error[shared-table-conflict]: app1 and app2 both change `users`, and their order matters
 --> apps/app1/migrations/core/V16__rename_name.sql:1:33
  |
1 | alter table users rename column name to full_name;
  |                                 ^^^^ renames `users.name`
  |
 ::: apps/app2/migrations/core/V9__users_name_idx.sql:2:52
  |
2 | create index concurrently users_name_idx on users (name);
  |                                                    ---- uses `users.name`
  = app1 renames `users.name`, and app2 uses its old name
  = `users` is owned by app1 (shared-models/core/users.sql)
  help: if app2's comes first, say so in V16__rename_name.sql:
        -- migration: requires app2/core/V9
  help: or, agreed with app1, who owns the table, in shared-models/core/users.sql:
        -- agreed: app1/core/V16, app2/core/V9 because …

error[not-owner]: app2 changes `users`, which app1 owns
 --> apps/app2/migrations/core/V9__users_name_idx.sql:2:45
  |
2 | create index concurrently users_name_idx on users (name);
  |                                             ^^^^^ adds index `users_name_idx` of `users`
  = `users` is owned by app1 (shared-models/core/users.sql)
  help: move the change to a migration of app1
  help: or, agreed with app1, in shared-models/core/users.sql:
        -- agreed: app2/core/V9 because …

2 new migrations in 2 apps, 1 shared table · 2 errors
"
    );
}

#[test]
fn the_document_has_the_documented_keys() {
    let repository = renamed_and_indexed();
    let run = repository.check_on_main(&["--format", "json"]).expect(3);
    assert_eq!(run.stderr, "");
    let mut document = run.json();
    let notes = document["findings"][0]["notes"].take();
    assert_eq!(
        notes[0],
        "app1 renames `users.name`, and app2 uses its old name"
    );
    assert_eq!(
        document["findings"][0],
        json!({
            "code": "shared-table-conflict",
            "severity": "error",
            "message": "app1 and app2 both change `users`, and their order matters",
            "notes": null,
            "help": "if app2's comes first, say so in V16__rename_name.sql:\n\
                     -- migration: requires app2/core/V9\n\
                     or, agreed with app1, who owns the table, in shared-models/core/users.sql:\n\
                     -- agreed: app1/core/V16, app2/core/V9 because …",
            "app": "app1",
            "database": "core",
            "table": "users",
            "apps": ["app1", "app2"],
            "verdict": "order",
            "locations": [
                {
                    "path": "apps/app1/migrations/core/V16__rename_name.sql",
                    "line": 1, "column": 33, "end_line": 1, "end_column": 37,
                    "label": "renames `users.name`",
                },
                {
                    "path": "apps/app2/migrations/core/V9__users_name_idx.sql",
                    "line": 2, "column": 52, "end_line": 2, "end_column": 56,
                    "label": "uses `users.name`",
                },
            ],
        })
    );
    assert_eq!(document["findings"][1]["code"], "not-owner");
    assert_eq!(
        document["new_migrations"],
        json!([
            {
                "app": "app1", "database": "core", "track": null, "version": 16, "name": "rename_name",
                "path": "apps/app1/migrations/core/V16__rename_name.sql", "ref": null,
            },
            {
                "app": "app2", "database": "core", "track": null, "version": 9, "name": "users_name_idx",
                "path": "apps/app2/migrations/core/V9__users_name_idx.sql", "ref": null,
            },
        ])
    );
    let commit = repository.git(&["rev-parse", "main"]);
    let base = json!([{ "name": "main", "commit": commit, "role": "base", "trusted": true }]);
    assert_eq!(document["refs"], base);
    assert_eq!(document["schema_version"], 1);
}

#[test]
fn an_order_in_the_right_file_settles_it_and_one_in_the_wrong_file_does_not() {
    let repository = renamed_and_indexed();
    let by_app2 = ["error not-owner users"];
    let after_the_index = format!("-- migration: requires app2/core/V9\n{RENAME}");
    repository.migration("app1", "V16__rename_name", &after_the_index);
    assert_eq!(repository.found(&[]), by_app2);

    repository.migration("app1", "V16__rename_name", RENAME);
    let after_the_rename = format!("-- migration: requires app1/core/V16\n{INDEX}");
    repository.migration("app2", "V9__users_name_idx", &after_the_rename);
    assert_eq!(
        repository.found(&[]),
        ["error shared-table-conflict users order", by_app2[0]]
    );
    let run = repository.check_on_main(&[]).expect(3);
    let way = "help: if app2's comes first, it must not require app1/core/V16, as app2/core/V9 does now\n";
    assert!(run.stdout.contains(way), "{}", run.stdout);
}

#[test]
fn what_the_owner_agreed_to_in_the_shared_tables_file_settles_all_of_it() {
    let repository = renamed_and_indexed();
    let header = format!("-- owner: app1\n{BOTH}");
    repository.model("users", &header, super::repository::USERS);
    let run = repository.check_on_main(&[]).expect(0);
    assert_eq!(
        run.stdout,
        "2 new migrations in 2 apps, 1 shared table · nothing to settle\n"
    );
}

#[test]
fn a_contradiction_is_settled_by_nothing() {
    let repository = Repository::new();
    let header = format!("-- owner: app1\n{BOTH}");
    repository.model("users", &header, super::repository::USERS);
    let phone = "alter table users add column phone";
    repository.migration("app1", "V16__phone", &format!("{phone} text;\n"));
    for requires in ["", "-- migration: requires app1/core/V16\n"] {
        repository.migration("app2", "V9__phone", &format!("{requires}{phone} bigint;\n"));
        assert_eq!(
            repository.found(&[]),
            ["error shared-table-conflict users contradictory"]
        );
    }
    let run = repository.check_on_main(&[]).expect(3);
    for piece in [
        "app1 and app2 both change `users`, and the two contradict each other",
        "help: no line settles a contradiction: change one of the two, or leave both to app1, who owns the table",
    ] {
        assert!(
            run.stdout.contains(piece),
            "no `{piece}` in:\n{}",
            run.stdout
        );
    }
    assert!(
        !run.stdout.contains("        -- "),
        "no line is offered:\n{}",
        run.stdout
    );
}

#[test]
fn a_proof_names_the_order_that_works_and_why_the_other_fails() {
    let server = Server::shared();
    let repository = renamed_and_indexed().with_server_in(server.directory());
    let run = repository.check_on_main(&["--prove"]).expect(3);
    let proved = "= proved on PostgreSQL ";
    assert!(run.stdout.contains(proved), "{}", run.stdout);
    let told = ": app2 then app1 works; app1 then app2 fails: column \"name\" does not exist (apps/app2/migrations/core/V9__users_name_idx.sql:2)";
    assert!(run.stdout.contains(told), "{}", run.stdout);
    let way = "help: if app2's comes first, say so in V16__rename_name.sql:";
    assert!(run.stdout.contains(way), "{}", run.stdout);
}
