//! `dev`: the example apps with tenants and shards, on the embedded server of a workspace, from nothing.

use std::path::Path;

use serde_json::{Value, json};

use super::{add, targets};
use crate::support::{Run, Workspace, repository};

/// A workspace with one of this repository's apps, and the server that it starts.
struct Development {
    workspace: Workspace,
    app: &'static str,
}

impl Drop for Development {
    fn drop(&mut self) {
        let _ = self.workspace.command(&["postgres", "stop"]).output();
    }
}

impl Development {
    fn of(app: &'static str) -> Self {
        let workspace = Workspace::new();
        workspace.member(app);
        let from = repository().join("apps").join(app);
        let config = std::fs::read(from.join("migrations.toml")).expect("there");
        workspace.write(&format!("services/{app}/migrations.toml"), config);
        copy(&workspace, &from, Path::new("migrations"), app);
        Development { workspace, app }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&self.workspace.command(arguments).output().expect("runs"))
    }

    /// What a command on the app says as JSON.
    #[track_caller]
    fn ask(&self, command: &str, arguments: &[&str], code: i32) -> Value {
        let fixed = [command, self.app, "--format", "json"];
        self.run(&[&fixed, arguments].concat()).expect(code).json()
    }

    /// What psql prints for `query` on the app's `database`.
    #[track_caller]
    fn psql(&self, database: &str, query: &str) -> String {
        let arguments = ["postgres", "psql", self.app, database, "--", "-XAtc", query];
        self.run(&arguments).expect(0).stdout.trim_end().to_owned()
    }
}

/// Copies what is below `from` into the app.
fn copy(workspace: &Workspace, from: &Path, below: &Path, app: &str) {
    for entry in std::fs::read_dir(from.join(below)).expect("a directory") {
        let entry = entry.expect("an entry");
        let path = below.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(workspace, from, &path, app);
        } else {
            let text = std::fs::read(entry.path()).expect("read");
            workspace.write(&format!("services/{app}/{}", path.display()), text);
        }
    }
}

const TENANTS: [&str; 5] = ["acme", "globex", "initech", "umbrella", "o'hara & söhne"];

#[test]
fn a_schema_for_each_tenant_is_made_registered_and_migrated() {
    let dev = Development::of("app3");
    let tenants = |end: &str| -> Vec<String> {
        let line = |name: &&str| format!("tenant {name} {name} {end}");
        TENANTS.iter().map(line).collect()
    };
    // Nothing is there, not even the database; looking at it makes nothing.
    let status = dev.ask("status", &[], 0);
    let state = ["track", "target", "schema", "state", "current"];
    assert_eq!(
        targets(&status, &state),
        [
            vec!["global public public pending null".to_owned()],
            tenants("pending null")
        ]
        .concat()
    );
    assert_eq!(status["unresolved"], json!([]));
    dev.ask("status", &["--check"], 3);
    assert_eq!(
        dev.run(&[
            "postgres",
            "psql",
            "--",
            "-XAtc",
            "select count(*) from pg_database where datname like 'app3%'"
        ])
        .expect(0)
        .stdout
        .trim(),
        "0"
    );

    let end = ["track", "target", "schema", "outcome"];
    let report = dev.ask("migrate", &[], 0);
    assert_eq!(
        targets(&report, &end),
        [
            vec!["global public public applied".to_owned()],
            tenants("applied")
        ]
        .concat()
    );
    let again = dev.ask("migrate", &[], 0);
    assert_eq!(
        targets(&again, &["outcome", "applied"]),
        vec!["at_head ".to_owned(); 6]
    );
    dev.ask("status", &["--check"], 0);

    // `register` made the rows, with the placeholder of the config.
    assert_eq!(
        dev.psql(
            "workspaces",
            "select string_agg(schema_name || ':' || plan, ',' order by schema_name) from tenants"
        ),
        "acme:free,globex:free,initech:free,o'hara & söhne:free,umbrella:free"
    );
    assert_eq!(
        dev.psql(
            "workspaces",
            "select string_agg(nspname, ',' order by nspname) from pg_namespace where nspname !~ '^pg_|^information_schema$'"
        ),
        "acme,globex,initech,o'hara & söhne,public,umbrella"
    );
    // The pilot is for two of them; that it was skipped elsewhere is recorded.
    assert_eq!(
        dev.psql(
            "workspaces",
            "select string_agg(schemaname, ',' order by schemaname) from pg_tables where tablename = 'time_entries'"
        ),
        "acme,o'hara & söhne"
    );
    assert_eq!(
        dev.psql("workspaces", "select version, outcome from globex.app3_workspaces_schema_history where outcome is not null"),
        "10|skipped"
    );

    // Back by one: where it was skipped, it is forgotten.
    let back = dev.ask("rollback", &["--track", "tenant", "--to", "9"], 0);
    assert_eq!(
        targets(&back, &["outcome", "applied"]),
        vec!["applied 10".to_owned(); 5]
    );
    assert_eq!(
        dev.psql(
            "workspaces",
            "select to_regclass('acme.time_entries') is null"
        ),
        "t"
    );
    let forth = dev.ask("migrate", &["--tenant", "*&*"], 0);
    assert_eq!(
        targets(&forth, &["target", "outcome", "applied"]),
        ["public at_head ", "o'hara & söhne applied 10"]
    );
}

#[test]
fn shards_and_a_database_for_each_tenant_are_made_and_migrated() {
    let dev = Development::of("app4");
    let report = dev.ask("migrate", &[], 0);
    let keys = ["database", "track", "target", "schema", "outcome"];
    assert_eq!(
        targets(&report, &keys),
        [
            "events null shard_0 public applied",
            "events null shard_1 public applied",
            "ledgers null acme public applied",
            "ledgers null initech public applied",
        ]
    );
    let databases = "select string_agg(datname, ',' order by datname) from pg_database where datname like 'app4%'";
    let made = dev.run(&["postgres", "psql", "--", "-XAtc", databases]);
    assert_eq!(
        made.expect(0).stdout.trim(),
        "app4_events_shard_0,app4_events_shard_1,app4_ledgers_acme,app4_ledgers_initech"
    );
    let again = dev.ask("migrate", &[], 0);
    assert_eq!(targets(&again, &["outcome"]), vec!["at_head"; 4]);
    let some = dev.ask(
        "status",
        &["--database", "ledgers", "--tenant", "a*", "--check"],
        0,
    );
    assert_eq!(
        targets(&some, &["database", "target", "state"]),
        ["ledgers acme at_head"]
    );
    let psql = ["postgres", "psql", "app4_ledgers_initech", "--", "-XAtc"];
    let count = "select count(*) from app4_ledgers_schema_history";
    let recorded = dev.run(&[&psql as &[&str], &[count]].concat());
    assert_eq!(recorded.expect(0).stdout.trim(), "6");
    dev.run(&["postgres", "psql", "app4", "ledgers"])
        .expect(2)
        .says(&[
            "ledgers of app4 is many databases: app4_ledgers_NAME for each tenant or shard",
            "cargo xtask postgres psql app4_ledgers_NAME",
        ]);
    dev.run(&["postgres", "psql", "app4_ledgrs_acme"])
        .expect(2)
        .says(&["no app or database `app4_ledgrs_acme`"]);
}

/// Apps that name one shared database meet in it, and so do their histories if they are called alike.
#[test]
fn two_apps_with_one_history_table_are_refused_in_dev_too() {
    let workspace = Workspace::new();
    let config = "[databases.core]\nshared = \"hub\"\nhistory_table = \"h\"\n";
    for app in ["one", "two"] {
        add(&workspace, app, config, &[("core/V1__a.sql", "select 1;")]);
    }
    let dev = Development {
        workspace,
        app: "one",
    };
    dev.run(&["migrate", "one"])
        .expect(2)
        .says(&["one/core and two/core would share the history table h"]);
}
