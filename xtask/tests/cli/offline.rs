//! `--sql`: the file, applied through psql, gives what the online run gives.

mod fleets;
mod scripts;
mod template;

use std::path::Path;
use std::process::{Command, Output};

use migrations_common::testing::TestDatabase;

use crate::support::{Run, Workspace, repository, xtask};

/// psql with `file`, told `variables` such as `schema=acme`, not started.
fn psql_command(url: &str, file: &Path, variables: &[&str]) -> Command {
    let mut command = Command::new("psql");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    for variable in variables {
        command.args(["-v", variable]);
    }
    command.args(["-X", "-q", "-f"]).arg(file).arg(url);
    command
}

/// Applies `file`; fails if anything is said of it.
#[track_caller]
fn psql(place: &TestDatabase, file: &Path, variables: &[&str]) {
    let output = psql_command(&place.url(), file, variables).output();
    let output = output.expect("psql is there");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.is_empty(),
        "{}: {said}",
        file.display()
    );
}

/// Applies `file`, which must be refused; what is said of it.
#[track_caller]
fn psql_refuses(place: &TestDatabase, file: &Path, variables: &[&str]) -> String {
    let output: Output = psql_command(&place.url(), file, variables)
        .output()
        .expect("psql is there");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{}: {said}", file.display());
    said
}

/// `name` as SQL has it.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The schema, without what differs between two dumps.
fn dump(place: &TestDatabase) -> String {
    let dump = |arguments: &[&str]| {
        let output = Command::new("pg_dump")
            .args(arguments)
            .arg(place.url())
            .output()
            .expect("pg_dump is there");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let kept = text
            .lines()
            .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"));
        kept.collect::<Vec<_>>().join("\n")
    };
    dump(&["--schema-only"])
}

/// All that is recorded in `tables`, without when.
fn histories(place: &TestDatabase, tables: &[impl AsRef<str>]) -> Vec<String> {
    let mut client = postgres::Client::connect(&place.url(), postgres::NoTls).expect("connects");
    let mut rows = Vec::new();
    for table in tables {
        let table = table.as_ref();
        let query = format!(
            "select version || ' ' || name || ' ' || checksum || ' ' || coalesce(outcome, 'applied') \
             from {table} order by version"
        );
        let found = client.query(&query, &[]).expect("there");
        let row = |row: &postgres::Row| format!("{table}: {}", row.get::<_, String>(0));
        rows.extend(found.iter().map(row));
    }
    rows
}

#[test]
fn the_example_apps_through_psql_are_the_example_apps_online() {
    let directory = tempfile::tempdir().expect("made");
    let write = |into: &Path| {
        let output = xtask()
            .args(["migrate", "--all", "--sql"])
            .arg(into)
            .current_dir(repository())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .output()
            .expect("runs");
        Run::of(&output).expect(0);
    };
    let (first, second) = (directory.path().join("a"), directory.path().join("b"));
    write(&first);
    write(&second);
    let (offline, online) = (
        TestDatabase::create().expect("made"),
        TestDatabase::create().expect("made"),
    );
    for file in ["app1.core.sql", "app1.analytics.sql", "app2.core.sql"] {
        let bytes = std::fs::read(first.join(file)).expect("written");
        assert_eq!(
            bytes,
            std::fs::read(second.join(file)).expect("written"),
            "{file} is not byte-stable"
        );
    }
    for _ in 0..2 {
        psql(&offline, &first.join("app1.core.sql"), &[]);
        psql(&offline, &first.join("app2.core.sql"), &[]);
    }
    for app in ["app1", "app2"] {
        let output = xtask()
            .args([
                "migrate",
                app,
                "--database",
                "core",
                "--database-url",
                &online.url(),
            ])
            .current_dir(repository())
            .output()
            .expect("runs");
        Run::of(&output).expect(0);
    }
    let tables = ["app1_core_schema_history", "app2_core_schema_history"];
    assert_eq!(histories(&offline, &tables), histories(&online, &tables));
    assert_eq!(dump(&offline), dump(&online));
}

#[test]
fn a_script_goes_on_where_the_database_stands_and_refuses_another_history() {
    let workspace = Workspace::new().app(
        "shop",
        "transaction = \"target\"",
        &[
            ("V1__a.sql", "create table a (id int);"),
            ("V2__b.sql", "-- migration: only-if select false\ncreate table b (id int);"),
            ("V3__c.sql", "-- migration: no-transaction\ncreate index concurrently a_id_idx on a (id);"),
            ("V4__d.sql", "-- migration: placeholders\ncreate table ${name} (v text default 'it''s :name'); -- end"),
        ],
    );
    workspace
        .run(&["migrate", "shop", "--to", "1", "-x", "name=x"])
        .expect(0);
    workspace
        .command(&["migrate", "shop", "--sql", "out", "-x", "name=x"])
        .output()
        .expect("runs");
    let script = workspace.path("out/shop.core.sql");
    psql(&workspace.database, &script, &[]);
    assert_eq!(workspace.recorded("shop"), "1,2,3,4");
    assert_eq!(workspace.value("select to_regclass('b')"), "NULL");
    assert_eq!(
        workspace.value("select outcome from shop_core_schema_history where version = 2"),
        "skipped"
    );
    workspace
        .run(&["migrate", "shop", "-x", "name=x"])
        .expect(0);

    workspace
        .client()
        .batch_execute("delete from shop_core_schema_history where version = 4; update shop_core_schema_history set checksum = '1' where version = 1")
        .expect("altered");
    let said = psql_refuses(&workspace.database, &script, &[]);
    assert!(said.contains("the history has changed"), "{said}");
}

#[test]
fn an_only_if_that_answers_nothing_stops_the_script_as_it_stops_a_run() {
    for query in ["select null::boolean", "select true where false"] {
        let file = format!("-- migration: only-if {query}\ncreate table a ();");
        let workspace = Workspace::new().app("shop", "", &[("V1__a.sql", &file)]);
        workspace
            .run(&["migrate", "shop", "--sql", "out"])
            .expect(0);
        let script = workspace.path("out/shop.core.sql");
        psql_refuses(&workspace.database, &script, &[]);
        assert_eq!(workspace.recorded("shop"), "NULL");
        workspace.run(&["migrate", "shop"]).expect(1);
    }
}
