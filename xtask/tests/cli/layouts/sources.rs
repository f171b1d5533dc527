//! Where tenants and shards are listed, each source through the whole command.

mod databases;
mod function;

use super::{fleet, make_schemas, migrate, names, schemas, sql};
use crate::support::Workspace;

/// Fails unless the run names exactly these tenants, and each has the table `a`.
#[track_caller]
fn check_schemas(workspace: &Workspace, expected: &[&str]) {
    let run = migrate(workspace, &[]).expect(0);
    assert_eq!(names(&run.json()), expected);
    let made = workspace.value(
        "select coalesce(string_agg(schemaname, '|' order by schemaname collate \"C\"), '') from pg_tables where tablename = 'a'",
    );
    assert_eq!(made, expected.join("|"));
}

#[test]
fn a_list_in_the_config_and_in_the_environment() {
    let workspace = schemas("[\"acme\", \"o'hara & söhne\"]");
    make_schemas(&workspace, &["acme", "beta", "o'hara & söhne"]);
    check_schemas(&workspace, &["acme", "o'hara & söhne"]);

    // The environment's comes before the database's.
    let config = "[databases.core]\nlayout = \"schema-per-tenant\"\ntenants = [\"nobody\"]\n\
                  [environments.test]\ncore = { url = \"${CORE_URL}\", tenants = [\"beta\"] }\n";
    workspace.write("services/fleet/migrations.toml", config);
    let run = migrate(&workspace, &[]).expect(0);
    assert_eq!(names(&run.json()), ["beta"]);
}

#[test]
fn a_query_on_the_database_itself_and_on_another_one() {
    let files = [
        (
            "core/V1__customers.sql",
            "create table customers (name text, region text);",
        ),
        ("work/V1__a.sql", "create table a (id int);"),
    ];
    let config = "[placeholders]\nregion = \"eu\"\n[databases.core]\n[databases.work]\n\
                  layout = \"schema-per-tenant\"\n\
                  tenants = { query = \"select name from customers where region = ${region:literal}\", on = \"core\" }\n\
                  [environments.test]\ncore = { url = \"${CORE_URL}\" }\nwork = { url = \"${WORK_URL}\" }\n";
    let mut workspace = fleet(config, &files);
    let work = migrations_common::testing::TestDatabase::create().expect("a server");
    workspace.set("WORK_URL", &work.url());
    workspace
        .run(&["migrate", "fleet", "--database", "core"])
        .expect(0);
    sql(
        &workspace,
        "insert into customers values ('acme', 'eu'), ('beta', 'us'), ('zeta', 'eu')",
    );
    let mut client = postgres::Client::connect(&work.url(), postgres::NoTls).expect("connects");
    client
        .batch_execute("create schema acme; create schema beta; create schema zeta")
        .expect("made");
    let run = migrate(&workspace, &["--database", "work"]).expect(0);
    assert_eq!(names(&run.json()), ["acme", "zeta"]);
    let run = migrate(&workspace, &["--database", "work", "-x", "region=us"]).expect(0);
    assert_eq!(names(&run.json()), ["beta"]);
    // A URL of the command line is that of the tenants' database; the list stays where it is.
    let url = work.url();
    let run = migrate(&workspace, &["--database", "work", "--database-url", &url]).expect(0);
    assert_eq!(names(&run.json()), ["acme", "zeta"]);

    let own = schemas("{ query = \"select name from public.tenants order by 1\" }");
    make_schemas(&own, &["acme", "Beta;--"]);
    sql(
        &own,
        "create table tenants (name text); insert into tenants values ('acme'), ('Beta;--')",
    );
    check_schemas(&own, &["Beta;--", "acme"]);
}

#[test]
fn a_pattern_of_schemas() {
    let workspace = schemas("{ pattern = \"t_%\" }");
    make_schemas(&workspace, &["t_a", "t_b", "txc", "other"]);
    check_schemas(&workspace, &["t_a", "t_b"]);
}

#[test]
fn a_file_beside_the_config() {
    let workspace = schemas("{ file = \"tenants.txt\" }");
    make_schemas(&workspace, &["acme", "be ta"]);
    workspace.write("services/fleet/tenants.txt", "# ours\nacme\r\n\nbe ta\n");
    check_schemas(&workspace, &["acme", "be ta"]);
    workspace.write("services/fleet/tenants.txt", "acme\npg_x\nacme\n");
    migrate(&workspace, &[]).expect(2);
    workspace.run(&["migrate", "fleet"]).expect(2).says(&[
        "line 2 of services/fleet/tenants.txt: the name `pg_x` is one that PostgreSQL keeps for itself",
        "services/fleet/tenants.txt:2:1",
        "line 3 of services/fleet/tenants.txt: the name `acme` is taken by line 1",
    ]);
    std::fs::remove_file(workspace.path("services/fleet/tenants.txt")).expect("there");
    workspace.run(&["migrate", "fleet"]).expect(2).says(&[
        "tenants-file",
        "cannot read the tenants in services/fleet/tenants.txt",
        "services/fleet/migrations.toml:3",
    ]);
}

#[test]
fn a_command_runs_in_the_apps_directory() {
    let workspace =
        schemas("{ command = [\"/bin/sh\", \"-c\", \"cat names.txt; echo $0\", \"${schema}\"] }");
    workspace.write("services/fleet/names.txt", "acme\n");
    make_schemas(&workspace, &["acme"]);
    // The last line is a placeholder's value: the schema of the global track, where no tenant can be.
    workspace.run(&["migrate", "fleet"]).expect(2).says(&[
        "line 2 of the output of `/bin/sh`",
        "`public`",
        "tenant-name",
    ]);
    let failing =
        schemas("{ command = [\"/bin/sh\", \"-c\", \"echo acme; echo no access >&2; exit 7\"] }");
    failing.run(&["migrate", "fleet"]).expect(1).says(&[
        "tenants-command",
        "the command `/bin/sh` ended with exit status: 7",
        "no access",
        "migrations.toml:3",
    ]);
    let missing = schemas("{ command = [\"./list-tenants\"] }");
    missing
        .run(&["migrate", "fleet"])
        .expect(2)
        .says(&["the command `./list-tenants` could not be run"]);
    let listing = schemas("{ command = [\"cat\", \"names.txt\"] }");
    listing.write("services/fleet/names.txt", "acme\n");
    make_schemas(&listing, &["acme"]);
    check_schemas(&listing, &["acme"]);
}

#[test]
fn a_bad_row_is_named_and_nothing_runs() {
    let workspace = schemas("{ query = \"select name from public.tenants order by id\" }");
    make_schemas(&workspace, &["acme"]);
    sql(
        &workspace,
        "create table tenants (id serial, name text); insert into tenants (name) values \
         ('acme'), (null), ('acme'), ('$user'), (repeat('x', 64)), ('')",
    );
    let run = workspace.run(&["migrate", "fleet"]).expect(2).says(&[
        "row 2 of the query: the name is NULL",
        "row 3 of the query: the name `acme` is taken by row 1",
        "row 4 of the query: the name `$user`",
        "row 5 of the query: the name `xxx",
        "has 64 bytes",
        "row 6 of the query: the name is empty",
        "services/fleet/migrations.toml:3",
    ]);
    assert_eq!(run.stdout, "");
    let problems = migrate(&workspace, &[]).expect(2).json();
    let codes: Vec<&str> = problems["problems"]
        .as_array()
        .expect("problems")
        .iter()
        .filter_map(|problem| problem["code"].as_str())
        .collect();
    assert_eq!(
        codes,
        [
            "tenant-name",
            "duplicate-tenant",
            "tenant-name",
            "tenant-name",
            "tenant-name"
        ]
    );
    assert_eq!(problems["problems"][0]["line"], 3);
    assert_eq!(
        workspace.value("select count(*) from pg_tables where tablename = 'a'"),
        "0"
    );
}

#[test]
fn a_source_that_names_nobody_warns_and_all_is_well() {
    let workspace = schemas("{ query = \"select name from public.tenants\" }");
    sql(&workspace, "create table tenants (name text)");
    let says = [
        "no-tenants",
        "the source of tenants of fleet/core/tenant names nobody",
        "services/fleet/migrations.toml:1",
    ];
    for command in [
        ["migrate", "fleet"],
        ["status", "fleet"],
        ["history", "fleet"],
    ] {
        workspace.run(&command).expect(0).says(&says);
    }
    let report = migrate(&workspace, &[]).expect(0).json();
    assert_eq!(report["targets"], serde_json::json!([]));
    assert_eq!(report["unresolved"], serde_json::json!([]));
    workspace
        .run(&["migrate", "fleet", "--tenant", "acme"])
        .expect(2)
        .says(&["no tenant `acme`  (there are no tenants)"]);
}

#[test]
fn a_query_that_is_wrong_is_shown_in_the_config() {
    let workspace = schemas("{ query = \"select name form tenants\" }");
    workspace.run(&["migrate", "fleet"]).expect(1).says(&[
        "tenants-query",
        "the tenants' query failed on fleet/core: syntax error at or near \"tenants\"",
        "services/fleet/migrations.toml:3:",
    ]);
    // The global track of this app makes no such table: nothing will be known later either.
    let workspace = schemas("{ query = \"select name from tenants\" }");
    let says = ["relation \"tenants\" does not exist", "migrations.toml:3:"];
    for command in ["migrate", "status"] {
        workspace.run(&[command, "fleet"]).expect(1).says(&says);
    }
    workspace
        .run(&["migrate", "fleet", "--dry-run"])
        .expect(1)
        .says(&says);
    workspace.run(&["history", "fleet"]).expect(0).says(&says);
    workspace
        .run(&["rollback", "fleet", "--to", "0"])
        .expect(1)
        .says(&says);
    let status = workspace
        .run(&["status", "fleet", "--format", "json"])
        .expect(1)
        .json();
    assert_eq!(status["unresolved"][0]["track"], "tenant");
    assert_eq!(status["unresolved"][0]["error"]["code"], "tenants-query");
}

#[test]
fn who_is_not_listed_anywhere_is_told_with_an_example() {
    let config = "[databases.core]\nlayout = \"schema-per-tenant\"\n\
                  [environments.test]\ncore = { url = \"${CORE_URL}\" }\n";
    let run = fleet(config, &[("core/V1__a.sql", "select 1;")]).run(&["migrate", "fleet"]);
    run.expect(2).says(&[
        "missing-tenants",
        "nothing says which the tenants of fleet/core/tenant are",
        "services/fleet/migrations.toml:1",
        "in [environments.test] of services/fleet/migrations.toml: core = { tenants = { query = \"select …\" } }",
    ]);
}

#[test]
fn what_the_environment_says_reaches_each_tenant() {
    let config = "[databases.core]\nlayout = \"schema-per-tenant\"\ntenants = [\"acme\", \"beta\", \"zeta\"]\n\
                  lock_timeout = \"9s\"\nmax_connections = 5\n[environments.test]\n\
                  core = { url = \"${CORE_URL}\", direct_url = \"${DIRECT_URL}\", max_connections = 2, \
                  lock_timeout = \"1s\", statement_timeout = \"2min\" }\n";
    let files = [
        (
            "core/V1__a.sql",
            "create table a as select current_setting('lock_timeout') as lock, \
             current_setting('statement_timeout') as statement, session_user::text as who;",
        ),
        (
            "core/V2__b.sql",
            "-- migration: no-transaction\n-- migration: idempotent\n\
             create table if not exists b as select session_user::text as who;",
        ),
    ];
    let mut workspace = fleet(config, &files);
    make_schemas(&workspace, &["acme", "beta", "zeta"]);
    let role = format!("direct_{}", workspace.database.name);
    sql(&workspace, &format!("create role {role} login superuser"));
    let url = workspace.database.url();
    let (_, at) = url.split_once('@').expect("a user");
    workspace.set("DIRECT_URL", &format!("postgres://{role}@{at}"));
    let run = migrate(&workspace, &["--events"]).expect(0);
    let started: Vec<serde_json::Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .filter(|line: &serde_json::Value| line["event"] == "fleet")
        .collect();
    assert_eq!(started.len(), 1, "{}", run.stdout);
    assert_eq!(started[0]["jobs"], 2);
    for tenant in ["acme", "beta", "zeta"] {
        assert_eq!(
            workspace.value(&format!("select lock || ' ' || statement from {tenant}.a")),
            "1s 2min"
        );
        assert_ne!(
            workspace.value(&format!("select who from {tenant}.a")),
            role
        );
        assert_eq!(
            workspace.value(&format!("select who from {tenant}.b")),
            role
        );
    }
}
