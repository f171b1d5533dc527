//! Which files `--sql` writes, without a connection, and what it refuses to write.

use std::path::Path;

use crate::support::{Run, Workspace, repository, xtask};

/// The files of `directory`, sorted.
fn files(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("written");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        let name = entry.expect("read").file_name();
        name.into_string().expect("UTF-8")
    };
    let mut files: Vec<String> = entries.map(name).collect();
    files.sort();
    files
}

/// An app of one file in `layout`, whose entry for the environment `test` is `entry`.
fn fleet(config: &str, entry: &str, file: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.member("shop");
    workspace.write(
        "services/shop/migrations.toml",
        format!("[databases.core]\n{config}\n[environments.test]\ncore = {{ {entry} }}\n"),
    );
    workspace.migration("shop", "V1__a.sql", file);
    workspace
}

#[track_caller]
fn written(workspace: &Workspace, arguments: &[&str]) -> Vec<String> {
    let _ = std::fs::remove_dir_all(workspace.path("out"));
    let command = [&["migrate", "shop", "--sql", "out"], arguments].concat();
    workspace.run(&command).expect(0);
    files(&workspace.path("out"))
}

#[track_caller]
fn refused(workspace: &Workspace, arguments: &[&str], code: i32) -> Run {
    let command = [&["migrate", "shop", "--sql", "out"], arguments].concat();
    let run = workspace.run(&command).expect(code);
    assert!(!workspace.path("out").exists(), "something was written");
    run
}

const FILE: &str = "create table a ();";
const PLACEHOLDERS: &str = "-- migration: placeholders\nselect ${tenant:literal};";
const BY_QUERY: &str = "layout = \"schema-per-tenant\"\ntenants = { query = \"select 1\" }";

#[test]
fn every_layout_has_its_files_and_the_global_track_comes_first() {
    let directory = tempfile::tempdir().expect("made");
    let output = xtask()
        .args(["migrate", "app3", "app4", "--sql"])
        .arg(directory.path())
        .current_dir(repository())
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .output();
    let run = Run::of(&output.expect("runs")).expect(0);
    let global = run.stderr.find("app3.workspaces.global.sql");
    assert!(global < run.stderr.find("app3.workspaces.tenant.acme.sql"));
    assert_eq!(
        files(directory.path()),
        [
            "app3.workspaces.global.sql",
            "app3.workspaces.tenant.acme.sql",
            "app3.workspaces.tenant.globex.sql",
            "app3.workspaces.tenant.initech.sql",
            "app3.workspaces.tenant.o%27hara%20%26%20s%C3%B6hne.sql",
            "app3.workspaces.tenant.umbrella.sql",
            "app4.events.shard_0.sql",
            "app4.events.shard_1.sql",
            "app4.ledgers.acme.sql",
            "app4.ledgers.initech.sql",
        ]
    );
}

#[test]
fn a_source_that_needs_no_connection_is_asked() {
    let tenants = |source: &str, entry: &str| {
        let config = format!("layout = \"schema-per-tenant\"\ntenants = {source}");
        fleet(&config, entry, FILE)
    };
    let url = "url = \"${UNSET_URL}\"";
    let listed = tenants("{ list = [\"acme\", \"Acme\"] }", url);
    let both = ["shop.core.tenant.%41cme.sql", "shop.core.tenant.acme.sql"];
    assert_eq!(written(&listed, &[]), both);
    assert_eq!(written(&listed, &["--tenant", "A*"]), both[..1]);
    refused(&tenants("[\"acme\"]", url), &["--tenant", "acm"], 2)
        .says(&["no tenant `acm`; did you mean `acme`?"]);
    refused(&tenants("[\"acme\", \"public\"]", url), &[], 2)
        .says(&["entry 2 of the list is `public`, the schema of the global track of shop/core"]);

    let by_file = tenants("{ file = \"names.txt\" }", url);
    by_file.write("services/shop/names.txt", "acme\nbeta\n");
    let halves = ["1/2", "2/2"].map(|slice| written(&by_file, &["--slice", slice]));
    assert_eq!(halves.concat().len(), 2);
    let by_command = tenants("{ command = [\"echo\", \"acme\"] }", url);
    assert_eq!(written(&by_command, &[]), ["shop.core.tenant.acme.sql"]);
    // The environment's list comes before the query of all environments.
    let of_environment = fleet(BY_QUERY, "url = \"${UNSET_URL}\", tenants = [\"x\"]", FILE);
    assert_eq!(written(&of_environment, &[]), ["shop.core.tenant.x.sql"]);
}

#[test]
fn a_source_on_a_server_needs_names_or_a_template() {
    for source in ["{ query = \"select 1\" }", "{ pattern = \"tenant_%\" }"] {
        let config = format!("layout = \"schema-per-tenant\"\ntenants = {source}");
        let shop = fleet(&config, "url = \"${UNSET_URL}\"", FILE);
        let said = ["error[needs-connection]", "--template", "--tenant NAME"];
        refused(&shop, &[], 2).says(&said);
        refused(&shop, &["--tenant", "acme", "--tenant", "b*"], 2).says(&said);
        refused(&shop, &["--tenant", "acme", "--tenant", "pg_b"], 2).says(&[
            "entry 2 of --tenant: the name `pg_b` is one that PostgreSQL keeps for itself",
        ]);
        refused(&shop, &["--tenant", "public"], 2).says(&["the schema of the global track"]);
        assert_eq!(
            written(
                &shop,
                &["--tenant", "a'b", "--tenant", "acme", "--tenant", "acme"]
            ),
            ["shop.core.tenant.a%27b.sql", "shop.core.tenant.acme.sql"]
        );
        assert_eq!(written(&shop, &["--template"]), ["shop.core.tenant.sql"]);
    }
}

#[test]
fn databases_are_numbered_while_nobody_asks_what_they_are_called() {
    let urls = "urls = [\"${FIRST_URL}\", \"${SECOND_URL}\"]";
    let layout = "layout = \"database-per-tenant\"";
    let mut shop = fleet(layout, urls, FILE);
    assert_eq!(written(&shop, &[]), ["shop.core.1.sql", "shop.core.2.sql"]);
    refused_for_want_of_a_variable(&shop, &["--tenant", "1"]);
    refused_for_want_of_a_variable(&shop, &["--slice", "1/2"]);
    refused_for_want_of_a_variable(&fleet(layout, urls, PLACEHOLDERS), &[]);
    shop.set("FIRST_URL", "postgres://a@nowhere/east");
    shop.set("SECOND_URL", "postgres://a@nowhere/west");
    assert_eq!(
        written(&shop, &[]),
        ["shop.core.east.sql", "shop.core.west.sql"]
    );
    assert_eq!(written(&shop, &["--tenant", "w*"]), ["shop.core.west.sql"]);
    // Names that are listed do without their URLs.
    let listed = "tenants = [{ name = \"acme\", url = \"${UNSET_URL}\" }]";
    assert_eq!(
        written(&fleet(layout, listed, PLACEHOLDERS), &[]),
        ["shop.core.acme.sql"]
    );
}

#[track_caller]
fn refused_for_want_of_a_variable(workspace: &Workspace, arguments: &[&str]) {
    let _ = std::fs::remove_dir_all(workspace.path("out"));
    refused(workspace, arguments, 2).says(&["the variable `FIRST_URL` is not set"]);
}

#[test]
fn a_template_is_the_ordinary_file_where_nothing_differs() {
    let layout = "layout = \"sharded\"";
    let urls = "urls = [\"${FIRST_URL}\", \"${SECOND_URL}\"]";
    let shop = fleet(layout, urls, FILE);
    assert_eq!(written(&shop, &["--template"]), ["shop.core.sql"]);
    let text = std::fs::read_to_string(shop.path("out/shop.core.sql")).expect("written");
    assert!(!text.contains(":{?tenant}"), "{text}");
    let named = fleet(layout, urls, PLACEHOLDERS);
    assert_eq!(written(&named, &["--template"]), ["shop.core.sql"]);
    let text = std::fs::read_to_string(named.path("out/shop.core.sql")).expect("written");
    assert!(
        text.contains(":{?tenant}") && text.contains("select :'tenant';"),
        "{text}"
    );
    refused_both_ways(&["--template", "--tenant", "acme"]);
    refused_both_ways(&["--template", "--slice", "1/2"]);
    refused_both_ways(&["--database-url", "postgres://a@nowhere/a"]);
}

#[track_caller]
fn refused_both_ways(arguments: &[&str]) {
    refused(&fleet(BY_QUERY, "", FILE), arguments, 2).says(&["cannot be used with"]);
}

#[test]
fn a_thousand_files_are_a_line() {
    let names: Vec<String> = (0..1000).map(|n| format!("\"t{n}\"")).collect();
    let config = format!(
        "layout = \"schema-per-tenant\"\ntenants = [{}]",
        names.join(",")
    );
    let shop = fleet(&config, "url = \"${UNSET_URL}\"", FILE);
    let run = shop.run(&["migrate", "shop", "--sql", "out"]).expect(0);
    assert_eq!(
        run.stderr.trim(),
        "Wrote 1000 files for shop core (tenant) in out"
    );
    assert_eq!(files(&shop.path("out")).len(), 1000);
    let run = shop
        .run(&["migrate", "shop", "--sql", "out", "--format", "json"])
        .expect(0);
    assert_eq!(run.json()["files"][999], "out/shop.core.tenant.t999.sql");
}

#[test]
fn what_is_wrong_with_a_file_is_told_once() {
    let config = "layout = \"schema-per-tenant\"\ntenants = [\"a\", \"b\"]";
    let shop = fleet(config, "url = \"${UNSET_URL}\"", "select 1 \\gexec\n");
    let run = refused(&shop, &[], 1).says(&["V1__a.sql:1:10"]);
    assert_eq!(run.stderr.matches("error[psql-command]").count(), 1);
    shop.migration(
        "shop",
        "V1__a.sql",
        "-- migration: only-if select \\true\nselect 1",
    );
    refused(&shop, &[], 1).says(&["error[psql-command]", "V1__a.sql:1"]);
}
