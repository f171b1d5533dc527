//! The global track and the tenants' through every command.

use serde_json::{Value, json};

use super::{fleet, make_schemas, migrate, names, sql, targets};
use crate::support::{Run, Workspace};

const CONFIG: &str = "[databases.core]\nshared = \"core\"\nlayout = \"schema-per-tenant\"\nsearch_path = [\"public\"]\n\
                      tenants = { query = \"select name from public.tenants order by 1\" }\n\
                      [environments.test]\ncore = { url = \"${CORE_URL}\" }\n";

/// The global track makes the tenants' registry, and the tenants' refers to it.
const FILES: [(&str, &str); 6] = [
    (
        "core/global/V5__tenants.sql",
        "create table tenants (name text primary key, beta bool not null);\n\
         insert into tenants values ('acme', true), ('o''hara', false);",
    ),
    (
        "core/global/V6__plans.sql",
        "create table plans (code text primary key);",
    ),
    ("core/global/V6__plans.down.sql", "drop table plans;"),
    (
        "core/tenant/V1__a.sql",
        "create table a (id int, tenant text references tenants);",
    ),
    (
        "core/tenant/V2__beta.sql",
        "-- migration: only-if select beta from tenants where name = ${tenant:literal}\ncreate table beta (id int);",
    ),
    ("core/tenant/V2__beta.down.sql", "drop table beta;"),
];

const TENANTS: [&str; 2] = ["acme", "o'hara"];

fn workspace() -> Workspace {
    let workspace = fleet(CONFIG, &FILES);
    make_schemas(&workspace, &TENANTS);
    workspace
}

fn migrated() -> Workspace {
    let workspace = workspace();
    migrate(&workspace, &[]).expect(0);
    workspace
}

/// A command on the app, with JSON as the answer.
fn ask(workspace: &Workspace, command: &str, arguments: &[&str]) -> Run {
    let fixed = [command, "fleet", "--format", "json"];
    workspace.run(&[&fixed, arguments].concat())
}

/// What is recorded in `schema`: `1,2:skipped`.
fn recorded(workspace: &Workspace, schema: &str) -> String {
    let table = format!("\"{schema}\".fleet_core_schema_history");
    workspace.value(&format!(
        "select coalesce(string_agg(version || coalesce(':' || outcome, ''), ',' order by version), '') from {table}"
    ))
}

#[test]
fn before_anything_ran_the_tenants_wait_for_the_global_track() {
    let workspace = workspace();
    let early = |document: &Value| {
        assert_eq!(document["unresolved"][0]["app"], "fleet");
        assert_eq!(document["unresolved"][0]["track"], "tenant");
        assert_eq!(document["unresolved"][0]["error"]["code"], "global-first");
    };
    let status = ask(&workspace, "status", &[]).expect(0).json();
    assert_eq!(
        targets(
            &status,
            &[
                "track", "target", "schema", "state", "current", "head", "pending"
            ]
        ),
        ["global public public pending null 6 5,6"]
    );
    early(&status);
    ask(&workspace, "status", &["--check"]).expect(3);
    workspace
        .run(&["status", "fleet"])
        .expect(0)
        .says(&["the tenants of fleet/core/tenant are not known yet: global first"]);
    let plan = ask(&workspace, "migrate", &["--dry-run"]).expect(0).json();
    assert_eq!(plan["plans"].as_array().map(Vec::len), Some(1));
    assert_eq!(plan["plans"][0]["track"], "global");
    early(&plan);
    assert_eq!(
        workspace
            .value("select count(*) from pg_tables where tablename = 'fleet_core_schema_history'"),
        "0",
        "nothing was written"
    );
    // A rollback cannot wait for anything.
    workspace
        .run(&["rollback", "fleet", "--track", "tenant", "--to", "0"])
        .expect(1)
        .says(&["relation \"public.tenants\" does not exist"]);
}

#[test]
fn one_run_brings_both_tracks_to_head() {
    let workspace = workspace();
    let keys = ["track", "target", "schema", "outcome", "applied"];
    let report = migrate(&workspace, &[]).expect(0).json();
    assert_eq!(
        targets(&report, &keys),
        [
            "global public public applied 5,6",
            "tenant acme acme applied 1,2",
            "tenant o'hara o'hara applied 1,2"
        ]
    );
    let how = |target: usize| report["targets"][target]["applied"][1]["how"].clone();
    assert_eq!(
        (how(1), how(2)),
        (json!("in_transaction"), json!("skipped"))
    );
    assert_eq!(report["unresolved"], json!([]));
    assert_eq!(
        (
            recorded(&workspace, "public"),
            recorded(&workspace, "acme"),
            recorded(&workspace, "o'hara")
        ),
        ("5,6".to_owned(), "1,2".to_owned(), "1,2:skipped".to_owned())
    );
    let again = migrate(&workspace, &[]).expect(0).json();
    assert_eq!(
        targets(&again, &["outcome"]),
        ["at_head", "at_head", "at_head"]
    );
    // A tenant that is new is behind, and nobody else is.
    sql(
        &workspace,
        "create schema zeta; insert into tenants values ('zeta', true)",
    );
    let status = ask(&workspace, "status", &["--check"]).expect(3).json();
    assert_eq!(
        targets(&status, &["target", "state", "pending"]),
        [
            "public at_head ",
            "acme at_head ",
            "o'hara at_head ",
            "zeta pending 1,2"
        ]
    );
    let report = migrate(&workspace, &[]).expect(0).json();
    assert_eq!(
        targets(&report, &["target", "outcome"]),
        [
            "public at_head",
            "acme at_head",
            "o'hara at_head",
            "zeta applied"
        ]
    );
}

#[test]
fn apps_lists_both_tracks_under_one_database() {
    let workspace = workspace();
    let output = workspace.command(&["apps", "--format", "json"]).output();
    let apps = Run::of(&output.expect("runs")).expect(0).json();
    let databases = apps["apps"][0]["databases"].as_array().expect("databases");
    assert_eq!(databases.len(), 1);
    assert_eq!(databases[0]["layout"], "schema-per-tenant");
    assert_eq!(databases[0]["history_table"], "fleet_core_schema_history");
    let migrations: Vec<String> = databases[0]["migrations"]
        .as_array()
        .expect("migrations")
        .iter()
        .map(|one| super::line(one, &["track", "version", "path"]))
        .collect();
    assert_eq!(
        migrations,
        [
            "global 5 services/fleet/migrations/core/global/V5__tenants.sql",
            "global 6 services/fleet/migrations/core/global/V6__plans.sql",
            "tenant 1 services/fleet/migrations/core/tenant/V1__a.sql",
            "tenant 2 services/fleet/migrations/core/tenant/V2__beta.sql",
        ]
    );
    assert_eq!(apps["problems"], json!([]));
    workspace.write("services/fleet/migrations/core/V3__stray.sql", "select 1;");
    let output = workspace.command(&["apps", "--format", "json"]).output();
    let apps = Run::of(&output.expect("runs")).json();
    assert_eq!(apps["problems"][0]["code"], "no-track");
    // Before the tenants are known, too, nothing runs.
    let report = migrate(&workspace, &[]).expect(1).json();
    assert_eq!(
        targets(&report, &["track", "outcome"]),
        ["global not_reached"]
    );
    assert_eq!(report["unresolved"][0]["error"]["code"], "no-track");
    workspace.run(&["migrate", "fleet"]).expect(1).says(&[
        "V3__stray belongs to no track",
        "services/fleet/migrations/core/V3__stray.sql",
        "services/fleet/migrations/core/tenant (once per tenant)",
    ]);
}

#[test]
fn a_version_needs_a_track() {
    let workspace = migrated();
    for command in [
        &["migrate", "fleet", "--to", "1"] as &[&str],
        &["rollback", "fleet", "--to", "1"],
        &["baseline", "fleet", "1"],
        &["repair", "fleet", "1"],
    ] {
        workspace.run(command).expect(2).says(&[
            "which-track",
            "which track of fleet/core? Versions belong to one",
            "--track global or --track tenant",
        ]);
    }
    workspace
        .run(&["migrate", "fleet", "--track", "tenants"])
        .expect(2)
        .says(&["invalid value 'tenants' for '--track <TRACK>'"]);
}

/// Two databases with one track each are no reason to ask for one.
#[test]
fn a_version_needs_no_track_where_each_database_has_but_one() {
    let tenants = "layout = \"schema-per-tenant\"\ntenants = [\"acme\"]\n";
    let config = format!(
        "[databases.one]\n{tenants}[databases.two]\n{tenants}[environments.test]\n\
         one = {{ url = \"${{CORE_URL}}\" }}\ntwo = {{ url = \"${{CORE_URL}}\" }}\n"
    );
    let files = [
        ("one/V1__a.sql", "create table a (id int);"),
        ("one/V2__b.sql", "create table b (id int);"),
        ("two/V1__c.sql", "create table c (id int);"),
    ];
    let workspace = fleet(&config, &files);
    make_schemas(&workspace, &["acme"]);
    let report = migrate(&workspace, &["--to", "1"]).expect(0).json();
    assert_eq!(
        targets(&report, &["database", "applied"]),
        ["one 1", "two 1"]
    );
}

#[test]
fn each_track_is_migrated_up_to_a_version_of_its_own() {
    let workspace = workspace();
    let of = |track: &str, version: &str| {
        let run = migrate(&workspace, &["--track", track, "--to", version]);
        targets(&run.expect(0).json(), &["track", "target", "applied"])
    };
    assert_eq!(of("global", "5"), ["global public 5"]);
    // The tenants come after all of it.
    let tenants = ["migrate", "fleet", "--track", "tenant", "--to", "V1"];
    workspace
        .run(&tenants)
        .expect(1)
        .says(&["fleet/core/global comes first, with 1 migration pending"]);
    assert_eq!(of("global", "6"), ["global public 6"]);
    assert_eq!(of("tenant", "V1"), ["tenant acme 1", "tenant o'hara 1"]);
    workspace
        .run(&["migrate", "fleet", "--track", "tenant", "--to", "6"])
        .expect(2)
        .says(&["fleet/core/tenant has no version 6; its versions go from V1 to V2"]);
    let report = migrate(&workspace, &["--track", "tenant"]).expect(0).json();
    assert_eq!(
        targets(&report, &["track", "applied"]),
        ["tenant 2", "tenant 2"]
    );
}

/// Before the registry is there, too.
#[test]
fn tenants_alone_wait_for_a_global_track_that_makes_their_registry() {
    let workspace = workspace();
    let tenants = ["migrate", "fleet", "--track", "tenant"];
    workspace
        .run(&tenants)
        .expect(1)
        .says(&["fleet/core/global comes first, with 2 migrations pending"]);
    assert_eq!(
        workspace.value("select count(*) from pg_tables where schemaname = 'public'"),
        "0"
    );
    let with = [
        &tenants as &[&str],
        &["--with-requirements", "--format", "json"],
    ]
    .concat();
    let report = workspace.run(&with).expect(0).json();
    assert_eq!(
        targets(&report, &["track", "applied"]),
        ["global 5,6", "tenant 1,2", "tenant 1,2"]
    );
}

#[test]
fn a_rollback_is_of_one_track_and_knows_what_was_skipped() {
    let workspace = migrated();
    let report = ask(&workspace, "rollback", &["--track", "tenant", "--to", "1"])
        .expect(0)
        .json();
    assert_eq!(
        targets(&report, &["track", "target", "outcome", "applied"]),
        ["tenant acme applied 2", "tenant o'hara applied 2"]
    );
    assert_eq!(
        (
            recorded(&workspace, "public"),
            recorded(&workspace, "o'hara")
        ),
        ("5,6".to_owned(), "1".to_owned())
    );
    assert_eq!(workspace.value("select to_regclass('acme.beta')"), "NULL");
    let report = ask(&workspace, "rollback", &["--track", "global", "--to", "5"])
        .expect(0)
        .json();
    assert_eq!(
        targets(&report, &["track", "target", "applied"]),
        ["global public 6"]
    );
    assert_eq!(recorded(&workspace, "acme"), "1");
    // What the tenants refer to stays, since PostgreSQL keeps it.
    workspace.write(
        "services/fleet/migrations/core/global/V5__tenants.down.sql",
        "drop table tenants;",
    );
    workspace
        .run(&["rollback", "fleet", "--track", "global", "--to", "0"])
        .expect(1)
        .says(&["because other objects depend on it"]);
}

#[test]
fn history_tells_tracks_and_what_was_skipped() {
    let workspace = migrated();
    let states = |arguments: &[&str]| -> Vec<String> {
        let history = ask(&workspace, "history", arguments).expect(0).json();
        let of = |target: &Value| {
            let rows = target["history"].as_array().expect("rows");
            let rows: Vec<String> = rows
                .iter()
                .map(|row| super::line(row, &["version", "state"]))
                .collect();
            format!(
                "{}: {}",
                super::line(target, &["track", "target"]),
                rows.join(", ")
            )
        };
        let targets = history["targets"].as_array().expect("targets");
        targets.iter().map(of).collect()
    };
    assert_eq!(
        states(&["--track", "tenant"]),
        [
            "tenant acme: 1 applied, 2 applied",
            "tenant o'hara: 1 applied, 2 skipped"
        ]
    );
    assert_eq!(
        states(&["--track", "global"]),
        ["global public: 5 applied, 6 applied"]
    );
    assert_eq!(states(&[]).len(), 3);
}

#[test]
fn a_baseline_and_a_repair_are_of_one_track() {
    let workspace = workspace();
    migrate(&workspace, &["--track", "global"]).expect(0);
    let report = ask(&workspace, "baseline", &["1", "--track", "tenant"])
        .expect(0)
        .json();
    assert_eq!(
        targets(&report, &["target", "applied"]),
        ["acme 1", "o'hara 1"]
    );
    assert_eq!(workspace.value("select to_regclass('acme.a')"), "NULL");
    let file = "services/fleet/migrations/core/tenant/V1__a.sql";
    workspace.write(file, "create table a (id bigint);");
    let run = workspace.run(&["migrate", "fleet"]).expect(6);
    run.says(&["edited-migration", "V1__a was edited after it was applied"]);
    let report = ask(
        &workspace,
        "repair",
        &["1", "--track", "tenant", "--tenant", "acme"],
    )
    .expect(0)
    .json();
    assert_eq!(names(&report), ["acme"]);
    let report = migrate(&workspace, &[]).expect(6).json();
    assert_eq!(
        targets(&report, &["target", "outcome"]),
        ["public at_head", "acme applied", "o'hara failed"]
    );
}

#[test]
fn a_tenant_without_a_schema_is_named_with_its_row() {
    let workspace = migrated();
    sql(&workspace, "insert into tenants values ('bcme', true)");
    let report = migrate(&workspace, &[]).expect(6).json();
    assert_eq!(
        targets(&report, &["target", "outcome"]),
        [
            "public at_head",
            "acme at_head",
            "bcme failed",
            "o'hara at_head"
        ]
    );
    assert_eq!(report["targets"][2]["error"]["code"], "missing-schema");
    workspace.run(&["status", "fleet"]).expect(1).says(&[
        "missing-schema",
        "row 2 of the query names `bcme`, and there is no such schema",
        "create schema \"bcme\"",
    ]);
    for command in [
        &[
            "baseline", "fleet", "1", "--track", "tenant", "--tenant", "bcme",
        ] as &[&str],
        &[
            "rollback", "fleet", "--to", "0", "--track", "tenant", "--tenant", "bcme",
        ],
    ] {
        workspace.run(command).expect(1).says(&["missing-schema"]);
    }
}

#[test]
fn the_schema_of_the_global_track_is_no_tenants() {
    let workspace = migrated();
    sql(&workspace, "insert into tenants values ('public', true)");
    for command in ["migrate", "status"] {
        workspace.run(&[command, "fleet"]).expect(2).says(&[
            "row 3 of the query is `public`, the schema of the global track of fleet/core",
            "services/fleet/migrations.toml:1",
        ]);
    }
}

/// An app with one database, in that of the tenants.
fn with_shop(requires: &str) -> Workspace {
    let text = format!("-- migration: requires {requires}\ncreate table s (id int);");
    workspace().app("shop", "", &[("V1__s.sql", &text)])
}

#[test]
fn another_app_may_require_either_track() {
    for track in ["global/V6", "tenant/V2"] {
        let requires = format!("fleet/core/{track}");
        let workspace = with_shop(&requires);
        let (track, version) = track.split_once("/V").expect("a version");
        workspace.run(&["migrate", "shop"]).expect(1).says(&[
            &format!("shop/core V1__s requires {requires}, which is not applied"),
            &format!(
                "cargo xtask migrate fleet --database core --track {track} --to {version} --env test"
            ),
            "services/shop/migrations/core/V1__s.sql:1:24",
        ]);
        workspace.run(&["migrate", "fleet"]).expect(0);
        workspace.run(&["migrate", "shop"]).expect(0);
        workspace
            .run(&["rollback", "fleet", "--track", track, "--to", "0"])
            .expect(1)
            .says(&["still-required", "shop/core V1 is applied and requires"]);
    }
    with_shop("fleet/core/V1")
        .run(&["migrate", "shop"])
        .expect(1)
        .says(&[
            "fleet/core has two tracks",
            "write fleet/core/global/V1 or fleet/core/tenant/V1",
        ]);
}

#[test]
fn a_tenant_that_is_behind_keeps_another_app_waiting() {
    let workspace = with_shop("fleet/core/tenant/V1");
    workspace
        .run(&["migrate", "fleet", "--track", "global"])
        .expect(0);
    workspace
        .run(&["migrate", "fleet", "--track", "tenant", "--tenant", "acme"])
        .expect(0);
    workspace
        .run(&["migrate", "shop"])
        .expect(1)
        .says(&["requires fleet/core/tenant/V1, which is not applied"]);
    // Choosing a tenant of one app makes no other app's requirement met.
    workspace
        .run(&["migrate", "--all", "--tenant", "acme"])
        .expect(6)
        .says(&["requires fleet/core/tenant/V1, which is not applied"]);
    assert_eq!(workspace.value("select to_regclass('s')"), "NULL");
    workspace
        .run(&["migrate", "shop", "--with-requirements"])
        .expect(0);
    assert_eq!(workspace.value("select to_regclass('s')"), "s");
    assert_eq!(recorded(&workspace, "o'hara"), "1", "so far and no further");
}

#[test]
fn tenants_that_were_not_chosen_get_what_others_require_and_no_more() {
    let workspace = with_shop("fleet/core/tenant/V1");
    let all = [
        "migrate",
        "--all",
        "--tenant",
        "acme",
        "--with-requirements",
    ];
    workspace
        .run(&["migrate", "fleet", "--track", "global"])
        .expect(0);
    workspace.run(&all).expect(0);
    assert_eq!(workspace.value("select to_regclass('s')"), "s");
    assert_eq!(
        (recorded(&workspace, "acme"), recorded(&workspace, "o'hara")),
        ("1,2".to_owned(), "1".to_owned())
    );
}

#[test]
fn what_all_tenants_must_have_is_had_where_there_are_none() {
    let workspace = with_shop("fleet/core/tenant/V1");
    workspace
        .run(&["migrate", "fleet", "--track", "global"])
        .expect(0);
    sql(&workspace, "delete from tenants");
    workspace.run(&["migrate", "shop"]).expect(0);
}
