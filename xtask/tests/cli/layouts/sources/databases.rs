//! Tenants and shards with a database each: by URLs, by names on a server, or by a source that yields both.

use postgres::{Client, NoTls};

use super::super::{fleet, migrate, names, sql, targets};
use crate::support::Workspace;

const FILES: [(&str, &str); 1] = [("core/V1__a.sql", "create table a (id int);")];

/// A workspace with the app `fleet` of this layout; `database` is more of its config, `entry` where it is in `test`. It has
/// databases of its own, named after its first one: `…_acme`, `…_beta`.
struct Databases {
    workspace: Workspace,
    made: [String; 2],
}

impl Databases {
    fn new(layout: &str, database: &str, entry: &str) -> Self {
        let mut workspace = fleet("", &FILES);
        let made = ["acme", "beta"].map(|one| format!("{}_{one}", workspace.database.name));
        for (name, variable) in made.iter().zip(["ACME", "BETA"]) {
            sql(&workspace, &format!("create database {name}"));
            let url = with_database(&workspace.database.url(), name);
            workspace.set(&format!("{variable}_URL"), &url);
            workspace.set(&format!("{variable}_DB"), name);
        }
        let databases = Databases { workspace, made };
        databases.config(layout, database, entry);
        databases
    }

    /// Writes the config anew; `ACME` and `BETA` stand for the databases' names.
    fn config(&self, layout: &str, database: &str, entry: &str) {
        let [acme, beta] = &self.made;
        let text = format!(
            "[databases.core]\nlayout = \"{layout}\"\n{database}\n[environments.test]\n{entry}\n"
        );
        let text = text.replace("<acme>", acme).replace("<beta>", beta);
        self.workspace.write("services/fleet/migrations.toml", text);
    }

    /// Whether each has the table `a`.
    fn migrated(&self) -> [bool; 2] {
        let has = |name: &String| {
            let url = with_database(&self.workspace.database.url(), name);
            let mut client = Client::connect(&url, NoTls).expect("connects");
            let row = client.query_one("select to_regclass('public.a') is not null", &[]);
            row.expect("answers").get::<_, bool>(0)
        };
        [has(&self.made[0]), has(&self.made[1])]
    }
}

/// The same server's database `name`.
fn with_database(url: &str, name: &str) -> String {
    let (before, after) = url.rsplit_once('/').expect("a path");
    match after.split_once('?') {
        Some((_, query)) => format!("{before}/{name}?{query}"),
        None => format!("{before}/{name}"),
    }
}

const URLS: &str = "core = { urls = [\"${ACME_URL}\", \"${BETA_URL}\"] }";

#[test]
fn urls_name_shards_and_tenants_by_their_databases() {
    for layout in ["sharded", "database-per-tenant"] {
        let databases = Databases::new(layout, "", URLS);
        let report = migrate(&databases.workspace, &[]).expect(0).json();
        let [acme, beta] = &databases.made;
        assert_eq!(
            targets(
                &report,
                &[
                    "database", "track", "target", "schema", "outcome", "applied"
                ]
            ),
            [
                format!("core null {acme} public applied 1"),
                format!("core null {beta} public applied 1")
            ]
        );
        assert_eq!(databases.migrated(), [true, true]);
        let again = migrate(&databases.workspace, &[]).expect(0).json();
        assert_eq!(targets(&again, &["outcome"]), ["at_head", "at_head"]);
        let status = databases
            .workspace
            .run(&["status", "--check", "--format", "json"])
            .expect(0)
            .json();
        assert_eq!(
            targets(&status, &["target", "environment", "state", "current"]),
            [
                format!("{acme} test at_head 1"),
                format!("{beta} test at_head 1")
            ]
        );
    }
}

#[test]
fn a_list_has_names_with_urls_and_names_that_are_databases_of_the_server() {
    let databases = Databases::new(
        "database-per-tenant",
        "tenants = [{ name = \"Acme, Inc.\", url = \"${ACME_URL}\" }, \"<beta>\"]",
        "core = { url = \"${CORE_URL}\" }",
    );
    let report = migrate(&databases.workspace, &[]).expect(0).json();
    assert_eq!(
        targets(&report, &["target"]),
        ["Acme, Inc.".to_owned(), databases.made[1].clone()]
    );
    assert_eq!(databases.migrated(), [true, true]);
    let made = databases
        .workspace
        .value("select to_regclass('public.a') is null");
    assert_eq!(made, "true", "the server's own database is none of them");
}

#[test]
fn a_name_without_a_url_needs_a_server() {
    let databases = Databases::new(
        "database-per-tenant",
        "tenants = [{ name = \"acme\", url = \"${ACME_URL}\" }, \"initech\"]",
        "",
    );
    let run = databases.workspace.run(&["migrate", "fleet"]).expect(2);
    run.says(&[
        "tenant-url",
        "entry 2 of the list: the tenant `initech` has no URL",
        "services/fleet/migrations.toml:1",
        "let the source yield a name and a URL",
    ]);
    assert_eq!(databases.migrated(), [false, false]);
}

#[test]
fn a_query_yields_names_and_urls() {
    let databases = Databases::new("database-per-tenant", "", "");
    let config = "[databases.registry]\n[databases.core]\nlayout = \"database-per-tenant\"\n\
                  tenants = { query = \"select name, url from customers order by 1\", on = \"registry\" }\n\
                  [environments.test]\nregistry = { url = \"${CORE_URL}\" }\n";
    let workspace = &databases.workspace;
    workspace.write("services/fleet/migrations.toml", config);
    workspace.write(
        "services/fleet/migrations/registry/V1__customers.sql",
        "create table customers (name text, url text);",
    );
    workspace
        .run(&["migrate", "fleet", "--database", "registry"])
        .expect(0);
    let url = with_database(&workspace.database.url(), &databases.made[1]);
    sql(
        workspace,
        &format!("insert into customers values ('b', '{url}')"),
    );
    let report = migrate(workspace, &["--database", "core"]).expect(0).json();
    assert_eq!(names(&report), ["b"]);
    assert_eq!(databases.migrated(), [false, true]);
    sql(
        workspace,
        "insert into customers values ('c', 'postgres://u:hunter2@h:port/x')",
    );
    let run = workspace
        .run(&["migrate", "fleet", "--database", "core"])
        .expect(2)
        .says(&["row 2 of the query"]);
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
}

#[test]
fn a_pattern_is_of_the_servers_databases() {
    let databases = Databases::new("sharded", "", "");
    let name = &databases.workspace.database.name;
    databases.config(
        "sharded",
        &format!("tenants = {{ pattern = \"{name}_%\" }}"),
        "core = { url = \"${CORE_URL}\" }",
    );
    let report = migrate(&databases.workspace, &[]).expect(0).json();
    assert_eq!(names(&report), databases.made);
    databases.config(
        "sharded",
        &format!("tenants = {{ pattern = \"{name}_%\" }}"),
        "",
    );
    databases
        .workspace
        .run(&["migrate", "fleet"])
        .expect(2)
        .says(&[
            "missing-url",
            "fleet/core is asked for its tenants, and has no `url`",
            "services/fleet/migrations.toml:3",
        ]);
}

#[test]
fn a_file_yields_names_and_urls_that_nobody_sees() {
    let databases = Databases::new(
        "database-per-tenant",
        "tenants = { file = \"tenants.txt\" }",
        "",
    );
    let workspace = &databases.workspace;
    let url = with_database(&workspace.database.url(), &databases.made[0]);
    let file = "services/fleet/tenants.txt";
    workspace.write(file, format!("acme\t{url}\n"));
    let report = migrate(workspace, &[]).expect(0).json();
    assert_eq!(names(&report), ["acme"]);
    workspace.write(
        file,
        "acme\tpostgres://u:hunter2@127.0.0.1:1/x?connect_timeout=2\n",
    );
    let run = workspace.run(&["migrate", "fleet"]).expect(5);
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
}

#[test]
fn shards_that_nobody_names_are_told_with_an_example() {
    let databases = Databases::new("sharded", "", "");
    databases
        .workspace
        .run(&["migrate", "fleet"])
        .expect(2)
        .says(&[
            "missing-tenants",
            "nothing says which the shards of fleet/core are",
            "core = { urls = [\"${SHARD_0_URL}\", \"${SHARD_1_URL}\"] }",
        ]);
}

#[test]
fn a_variable_that_is_not_set_is_named_with_its_line() {
    let databases = Databases::new(
        "sharded",
        "",
        "core = { urls = [\"${ACME_URL}\", \"${SHARD_1_URL}\", \"${SHARD_2_URL}\"] }",
    );
    databases
        .workspace
        .run(&["migrate", "fleet"])
        .expect(2)
        .says(&[
            "the variable `SHARD_1_URL` is not set",
            "the variable `SHARD_2_URL` is not set",
            "services/fleet/migrations.toml:5",
            "SHARD_1_URL_FILE",
        ]);
    assert_eq!(databases.migrated(), [false, false]);
}

#[test]
fn two_targets_that_are_one_database_are_refused() {
    let databases = Databases::new(
        "sharded",
        "",
        "core = { urls = [\"${ACME_URL}\", \"${BETA_URL}\", \"${ACME_URL}\"] }",
    );
    databases
        .workspace
        .run(&["migrate", "fleet"])
        .expect(2)
        .says(&[
            "one-history-table",
            "are one database, with one history table \"public\".\"fleet_core_schema_history\"",
            "services/fleet/migrations.toml:1",
        ]);
    databases.config(
        "database-per-tenant",
        "tenants = [{ name = \"a\", url = \"${ACME_URL}\" }, { name = \"b\", url = \"${ACME_URL}\" }]",
        "",
    );
    databases
        .workspace
        .run(&["migrate", "fleet"])
        .expect(2)
        .says(&["fleet core (a) and fleet core (b) are one database"]);
    // Also where one of them is a name, and the other a URL.
    databases.config(
        "database-per-tenant",
        "tenants = [{ name = \"a\", url = \"${ACME_URL}\" }, \"<acme>\"]",
        "core = { url = \"${CORE_URL}\" }",
    );
    databases
        .workspace
        .run(&["migrate", "fleet"])
        .expect(2)
        .says(&["are one database"]);
    assert_eq!(databases.migrated(), [false, false]);
}

#[test]
fn one_database_of_a_fleet_can_be_named_by_its_url() {
    for layout in ["sharded", "database-per-tenant"] {
        let databases = Databases::new(layout, "", URLS);
        let url = with_database(&databases.workspace.database.url(), &databases.made[1]);
        let report = migrate(&databases.workspace, &["--database-url", &url])
            .expect(0)
            .json();
        assert_eq!(names(&report), [databases.made[1].clone()]);
        assert_eq!(databases.migrated(), [false, true]);
    }
}

#[test]
fn databases_that_are_not_there_are_unreachable_one_by_one() {
    let databases = Databases::new(
        "database-per-tenant",
        "tenants = [\"<acme>\", \"<acme>_gone\"]",
        "core = { url = \"${CORE_URL}\" }",
    );
    let report = migrate(&databases.workspace, &[]).expect(6).json();
    assert_eq!(targets(&report, &["outcome"]), ["applied", "failed"]);
    assert_eq!(report["targets"][1]["error"]["sqlstate"], "3D000");
    let status = databases
        .workspace
        .run(&["status", "--format", "json"])
        .expect(6)
        .json();
    assert_eq!(targets(&status, &["state"]), ["at_head", "unreachable"]);
}
