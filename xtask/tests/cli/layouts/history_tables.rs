//! Two series with one history table would take each other's migrations for their own.

use super::{add, make_schemas, sql};
use crate::support::{Run, Workspace};

/// Two apps in the workspace's database, from lines of their databases' configs and their files.
fn two(one: (&str, &str), two: (&str, &str)) -> Workspace {
    let workspace = Workspace::new();
    for (name, (config, file)) in [("one", one), ("two", two)] {
        let config = format!(
            "[databases.core]\n{config}\n[environments.test]\ncore = {{ url = \"${{CORE_URL}}\" }}\n"
        );
        add(
            &workspace,
            name,
            &config,
            &[(file, "create table t (id int);")],
        );
    }
    workspace
}

const TENANTS: &str = "layout = \"schema-per-tenant\"\nhistory_table = \"h\"\n\
                       tenants = { query = \"select name from public.tenants\" }";
const SINGLE: &str = "history_table = \"h\"";
const FLAT: &str = "core/V1__a.sql";

#[track_caller]
fn check_refused(workspace: &Workspace, expected: &str) {
    for command in [
        &["migrate", "one"] as &[&str],
        &["migrate", "two"],
        &["migrate", "--all"],
        &["status"],
        &["history"],
    ] {
        let Run { code, stderr, .. } = workspace.run(command);
        assert_eq!(code, 2, "{command:?}: {stderr}");
        for piece in [
            expected,
            "services/one/migrations.toml:1",
            "services/two/migrations.toml:1",
            "give one of them another `history_table`",
        ] {
            assert!(
                stderr.contains(piece),
                "{command:?}: no `{piece}` in\n{stderr}"
            );
        }
        let told = stderr.matches("[one-history-table]").count();
        assert_eq!(told, 1, "{command:?}\n{stderr}");
    }
    assert_eq!(
        workspace.value("select count(*) from pg_tables where tablename = 'h'"),
        "0"
    );
}

#[test]
fn of_two_apps_in_one_schema_also_when_one_is_migrated() {
    check_refused(
        &two((SINGLE, FLAT), (SINGLE, FLAT)),
        "one/core and two/core would share the history table",
    );
}

#[test]
fn of_a_global_track_and_an_app() {
    let workspace = two((SINGLE, FLAT), (TENANTS, "core/global/V1__a.sql"));
    sql(&workspace, "create table tenants (name text)");
    check_refused(
        &workspace,
        "one/core and two/core/global would share the history table",
    );
}

#[test]
fn of_the_tenants_of_two_apps_is_told_once_for_all_tenants() {
    let workspace = two((TENANTS, FLAT), (TENANTS, FLAT));
    sql(
        &workspace,
        "create table tenants (name text); insert into tenants values ('acme'), ('beta'), ('zeta')",
    );
    make_schemas(&workspace, &["acme", "beta", "zeta"]);
    check_refused(
        &workspace,
        "one/core/tenant and two/core/tenant would share the history table",
    );
}

#[test]
fn in_two_schemas_or_databases_are_two() {
    let elsewhere = "history_table = \"h\"\nschema = \"elsewhere\"";
    let workspace = two((SINGLE, FLAT), (elsewhere, FLAT));
    make_schemas(&workspace, &["elsewhere"]);
    workspace.run(&["migrate", "--all"]).expect(0);
    // The tenants of one app, and another app in `public`.
    let workspace = two((SINGLE, FLAT), (TENANTS, FLAT));
    sql(
        &workspace,
        "create table tenants (name text); insert into tenants values ('acme')",
    );
    make_schemas(&workspace, &["acme"]);
    workspace.run(&["migrate", "--all"]).expect(0);
    assert_eq!(
        workspace.value("select string_agg(schemaname, ',' order by schemaname) from pg_tables where tablename = 'h'"),
        "acme,public"
    );
}

/// The URLs are written in two ways.
#[test]
fn of_one_database_under_two_names() {
    let mut workspace = two((SINGLE, FLAT), (SINGLE, FLAT));
    let config = format!(
        "[databases.core]\n{SINGLE}\n[environments.test]\ncore = {{ url = \"${{OTHER_URL}}\" }}\n"
    );
    workspace.write("services/two/migrations.toml", config);
    // Nobody can tell as long as the other one's variable is not set.
    workspace.run(&["migrate", "one", "--dry-run"]).expect(0);
    let url = workspace
        .database
        .url()
        .replace("postgres://", "postgresql://");
    workspace.set("OTHER_URL", &format!("{url}?application_name=x"));
    check_refused(
        &workspace,
        "one/core and two/core would share the history table",
    );
}

/// A tenant is called like the schema that another app keeps its history in.
#[test]
fn of_a_tenant_and_an_app_in_its_schema() {
    let inside = "history_table = \"h\"\nschema = \"acme\"";
    let workspace = two((inside, FLAT), (TENANTS, FLAT));
    sql(
        &workspace,
        "create table tenants (name text); insert into tenants values ('acme')",
    );
    make_schemas(&workspace, &["acme"]);
    workspace.run(&["migrate", "--all"]).expect(2).says(&[
        "one-history-table",
        "one/core and two/core/tenant would share the history table \"acme\".\"h\"",
    ]);
}
