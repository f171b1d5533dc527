//! Tenants from a function of the app's crate, which xtask reaches by running the app's own binary.

use std::os::unix::fs::PermissionsExt as _;

use super::super::{fleet, make_schemas, migrate, names, sql};
use crate::support::{Run, Workspace, repository, xtask};

const CONFIG: &str = "[databases.core]\nlayout = \"schema-per-tenant\"\ntenants = { function = \"customers\" }\n\
                      [environments.test]\ncore = { url = \"${CORE_URL}\" }\n";

/// A workspace whose app `fleet` asks its binary. Cargo builds nothing here: it is asked for the workspace, and where it is
/// told to run the app, `says` runs in the shell.
fn asking(says: &str) -> Workspace {
    let mut workspace = fleet(CONFIG, &[("core/V1__a.sql", "create table a (id int);")]);
    make_schemas(&workspace, &["acme", "o'hara & söhne"]);
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = run ] || exec '{cargo}' \"$@\"\necho \"$*\" > asked\npwd >> asked\n{says}\n"
    );
    workspace.write("cargo.sh", script);
    let path = workspace.path("cargo.sh");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&path, mode).expect("changed");
    workspace.set("CARGO", path.to_str().expect("UTF-8"));
    workspace
}

#[test]
fn the_apps_binary_is_asked_in_its_directory() {
    let workspace = asking(r#"echo '[{"name":"acme"},{"name":"o'"'"'hara & söhne"}]'"#);
    let report = migrate(&workspace, &[]).expect(0).json();
    assert_eq!(names(&report), ["acme", "o'hara & söhne"]);
    let asked = std::fs::read_to_string(workspace.path("services/fleet/asked")).expect("asked");
    let words = asked.lines().next().expect("a line");
    assert_eq!(
        words,
        "run --quiet --package fleet -- tenants customers --env test"
    );
}

#[test]
fn what_the_binary_says_is_checked_like_any_source() {
    let check = |says: &str, code: i32, expected: &[&str]| {
        let run = asking(says).run(&["migrate", "fleet"]).expect(code);
        let stderr = run.stderr.clone();
        run.says(expected)
            .says(&["services/fleet/migrations.toml:3"]);
        assert!(!stderr.contains("hunter2"), "{stderr}");
    };
    check(
        r#"echo '[{"name":"acme"},{"name":null},{"name":"acme"},{"name":"pg_x"}]'"#,
        2,
        &[
            "entry 2 of",
            "the name is null",
            "entry 3 of",
            "the name `acme` is taken by entry 1",
            "entry 4 of",
        ],
    );
    check(
        r#"echo '[{"name":"acme","url":"postgres://u:hunter2@h/x"}]'"#,
        2,
        &[
            "entry 1 of",
            "it has a URL, and its tenants are schemas of one database",
        ],
    );
    check(
        "echo acme",
        1,
        &["tenants-command", "wrote no list of tenants"],
    );
    check(
        "echo 'main.rs makes no function `customers` known' >&2; exit 1",
        1,
        &[
            "tenants-command",
            "main.rs makes no function `customers` known",
        ],
    );
    check(
        "echo 'error[E0308]: mismatched types' >&2; exit 101",
        1,
        &[
            "ended with exit status: 101",
            "error[E0308]: mismatched types",
        ],
    );
}

#[test]
fn a_list_in_the_environment_leaves_the_function_alone() {
    let workspace = asking("exit 9");
    let config = CONFIG.replace("\"${CORE_URL}\"", "\"${CORE_URL}\", tenants = [\"acme\"]");
    workspace.write("services/fleet/migrations.toml", config);
    let report = migrate(&workspace, &[]).expect(0).json();
    assert_eq!(names(&report), ["acme"]);
    assert!(!workspace.path("services/fleet/asked").exists());
}

/// Cargo really builds and runs the example app: the URLs come from its function.
#[test]
fn the_ledgers_of_the_example_app_are_found_and_migrated() {
    let place = Workspace::new();
    let url = place.database.url();
    let ledgers = ["acme", "initech"].map(|name| {
        let database = format!("{}_{name}", place.database.name);
        sql(&place, &format!("create database {database}"));
        format!("{name} {}", url.replace(&place.database.name, &database))
    });
    let run = |arguments: &[&str]| {
        let mut command = xtask();
        command
            .arg("--manifest-path")
            .arg(repository().join("Cargo.toml"))
            .args(arguments)
            .args(["app4", "--database", "ledgers", "--env", "staging"])
            .env("LEDGERS_URLS", ledgers.join("\n"));
        Run::of(&command.output().expect("runs"))
    };
    let report = run(&["migrate", "--format", "json"]).expect(0).json();
    assert_eq!(names(&report), ["acme", "initech"]);
    assert_eq!(report["targets"][1]["outcome"], "applied");
    run(&["status", "--check"]).expect(0);
}
