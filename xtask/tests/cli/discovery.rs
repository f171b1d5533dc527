//! What is found in a workspace, and what looks like an app and is none.

use crate::support::{Workspace, repository, xtask};

#[test]
fn a_foreign_workspace_is_discovered_and_migrated() {
    let workspace = Workspace::new()
        .app(
            "orders",
            "",
            &[
                ("V1__a.sql", "create table a (id int);"),
                ("V2__b.sql", "create table b (id int);"),
            ],
        )
        .app(
            "billing",
            "",
            &[(
                "V1__c.sql",
                "-- migration: requires orders/core/V2\ncreate table c (id int);",
            )],
        );
    let apps = workspace
        .command(&["apps", "--format", "json"])
        .output()
        .expect("runs");
    let apps: serde_json::Value = serde_json::from_slice(&apps.stdout).expect("JSON");
    assert_eq!(apps["schema_version"], 1);
    assert_eq!(apps["apps"][0]["name"], "billing");
    assert_eq!(apps["apps"][1]["path"], "services/orders");
    let database = &apps["apps"][1]["databases"][0];
    assert_eq!(database["history_table"], "orders_core_schema_history");
    assert_eq!(database["shared"], "core");
    assert_eq!(database["layout"], "single");
    assert_eq!(database["migrations"][1]["version"], 2);
    assert_eq!(database["migrations"][1]["transactional"], true);
    assert_eq!(
        apps["apps"][0]["databases"][0]["migrations"][0]["requires"][0],
        "orders/core/V2"
    );
    assert_eq!(apps["problems"], serde_json::json!([]));

    let report = workspace
        .run(&["migrate", "--all", "--format", "json"])
        .expect(0)
        .json();
    let outcomes: Vec<&str> = report["targets"]
        .as_array()
        .expect("targets")
        .iter()
        .filter_map(|t| t["outcome"].as_str())
        .collect();
    assert_eq!(outcomes, ["applied", "applied"]);
    assert_eq!(
        (workspace.recorded("orders"), workspace.recorded("billing")),
        ("1,2".to_owned(), "1".to_owned())
    );
}

#[test]
fn this_repository_is_a_workspace_like_any_other() {
    let output = xtask()
        .args(["--manifest-path", "Cargo.toml", "apps", "--format", "json"])
        .current_dir(repository())
        .output()
        .expect("runs");
    let apps: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let histories: Vec<(String, usize)> = apps["apps"]
        .as_array()
        .expect("apps")
        .iter()
        .flat_map(|app| app["databases"].as_array().expect("databases"))
        .map(|d| {
            (
                d["name"].as_str().expect("named").to_owned(),
                d["migrations"].as_array().expect("some").len(),
            )
        })
        .collect();
    assert_eq!(
        histories,
        [
            ("core".to_owned(), 18),
            ("analytics".to_owned(), 6),
            ("core".to_owned(), 8),
            ("workspaces".to_owned(), 16),
            ("events".to_owned(), 6),
            ("ledgers".to_owned(), 6)
        ]
    );
    assert_eq!(apps["problems"], serde_json::json!([]));
}

#[test]
fn a_member_with_migrations_and_no_config_is_told_of() {
    let workspace = Workspace::new().app("orders", "", &[("V1__a.sql", "create table a ();")]);
    workspace.member("legacy");
    workspace.write("services/legacy/migrations/V1__old.sql", "select 1;");
    workspace.run(&["status"]).expect(0).says(&[
        "warning[unregistered-migrations]",
        "legacy has a migrations/ directory",
        "ignore = [\"legacy\"]",
    ]);
    workspace.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"services/*\"]\n[workspace.metadata.migrations]\nignore = [\"legacy\"]\n",
    );
    let silent = workspace.run(&["status"]).expect(0);
    assert!(!silent.stderr.contains("legacy"), "{}", silent.stderr);
}

#[test]
fn a_link_between_two_apps_is_refused() {
    let workspace = Workspace::new()
        .app("a", "", &[("V1__a.sql", "create table a ();")])
        .app("b", "", &[]);
    let linked = workspace.path("services/b/migrations/core");
    std::fs::remove_dir(&linked).expect("empty");
    std::os::unix::fs::symlink(workspace.path("services/a/migrations/core"), &linked)
        .expect("linked");
    workspace
        .run(&["migrate", "b"])
        .expect(2)
        .says(&["a and b share migrations/core through a link"]);
}

#[test]
fn an_unknown_key_in_the_workspace_is_refused() {
    let workspace = Workspace::new().app("a", "", &[]);
    workspace.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"services/*\"]\n[workspace.metadata.migrations]\nignroe = [\"x\"]\n",
    );
    workspace
        .run(&["status"])
        .expect(2)
        .says(&["unknown key `ignroe`"]);
}

#[test]
fn outside_of_any_workspace_cargo_says_why() {
    let directory = tempfile::tempdir().expect("made");
    let output = xtask()
        .arg("apps")
        .current_dir(directory.path())
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Cargo.toml"));
}
