//! The run-time commands on a database, by exit status, JSON and what the database holds.

use crate::support::Workspace;

const THREE: [(&str, &str); 4] = [
    ("V1__a.sql", "create table a (id int);"),
    ("V2__b.sql", "create table b (id int);"),
    ("V3__c.sql", "create table c (id int);"),
    ("V3__c.down.sql", "drop table c;"),
];

#[test]
fn migrate_then_nothing_then_status() {
    let workspace = Workspace::new().app("shop", "", &THREE);
    let before = workspace
        .run(&["status", "shop", "--check", "--format", "json"])
        .expect(3)
        .json();
    assert_eq!(before["targets"][0]["state"], "pending");
    assert_eq!(before["targets"][0]["current"], serde_json::Value::Null);
    assert_eq!(before["targets"][0]["head"], 3);
    assert_eq!(
        workspace.value("select to_regclass('shop_core_schema_history')"),
        "NULL",
        "status wrote"
    );

    let first = workspace
        .run(&["migrate", "shop", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(first["targets"][0]["outcome"], "applied");
    assert_eq!(
        first["targets"][0]["applied"].as_array().map(Vec::len),
        Some(3)
    );
    assert_eq!(first["targets"][0]["schema"], "public");
    assert!(first["elapsed_ms"].is_number());
    let second = workspace
        .run(&["migrate", "shop", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(second["targets"][0]["outcome"], "at_head");
    let after = workspace
        .run(&["status", "--check", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(after["targets"][0]["state"], "at_head");
}

#[test]
fn a_person_sees_what_was_done() {
    let workspace = Workspace::new().app("shop", "", &THREE);
    let run = workspace.run(&["migrate", "shop"]).expect(0);
    for piece in ["shop core", "V1", "Finished", "core V3"] {
        assert!(
            run.stdout.contains(piece),
            "no `{piece}` in:\n{}",
            run.stdout
        );
    }
    let again = workspace.run(&["migrate", "shop"]).expect(0);
    assert!(again.stdout.contains("already at head"), "{}", again.stdout);
}

#[test]
fn up_to_a_version_and_the_plan_of_the_rest() {
    let workspace = Workspace::new().app("shop", "", &THREE);
    workspace.run(&["migrate", "shop", "--to", "V2"]).expect(0);
    assert_eq!(workspace.recorded("shop"), "1,2");
    let plan = workspace
        .run(&["migrate", "shop", "--dry-run", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(plan["plans"][0]["app"], "shop");
    assert_eq!(
        plan["plans"][0]["migrations"],
        serde_json::json!([{"version": 3, "name": "c", "transactional": true}])
    );
    assert_eq!(workspace.recorded("shop"), "1,2", "--dry-run wrote");
}

#[test]
fn rollback_and_history() {
    let workspace = Workspace::new().app("shop", "", &THREE);
    workspace.run(&["migrate", "shop"]).expect(0);
    workspace.run(&["rollback", "shop", "--to", "2"]).expect(0);
    assert_eq!(workspace.recorded("shop"), "1,2");
    assert_eq!(workspace.value("select to_regclass('c')"), "NULL");
    workspace
        .run(&["rollback", "shop", "--to", "1"])
        .expect(1)
        .says(&["missing-down-file", "V2__b.down.sql"]);
    let history = workspace
        .run(&["history", "shop", "--format", "json"])
        .expect(0)
        .json();
    let versions: Vec<i64> = history["targets"][0]["history"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row["version"].as_i64())
        .collect();
    assert_eq!(versions, [1, 2]);
}

#[test]
fn baseline_records_without_running() {
    let workspace = Workspace::new().app("shop", "", &THREE);
    workspace.run(&["baseline", "shop", "2"]).expect(0);
    assert_eq!(workspace.recorded("shop"), "1,2");
    assert_eq!(workspace.value("select to_regclass('a')"), "NULL");
    workspace.run(&["migrate", "shop"]).expect(0);
    assert_eq!(workspace.value("select to_regclass('c')"), "c");
    workspace
        .run(&["baseline", "shop", "1"])
        .expect(1)
        .says(&["stands at V3"]);
}

#[test]
fn an_edit_is_refused_until_it_is_repaired() {
    let workspace = Workspace::new().app("shop", "", &THREE);
    workspace.run(&["migrate", "shop"]).expect(0);
    workspace.migration("shop", "V2__b.sql", "create table b (id bigint);");
    workspace.run(&["migrate", "shop"]).expect(1).says(&[
        "edited-migration",
        "services/shop/migrations/core/V2__b.sql",
        "repair",
    ]);
    workspace.run(&["repair", "shop", "2"]).expect(0);
    workspace.run(&["migrate", "shop"]).expect(0);
    workspace
        .run(&["repair", "shop", "9"])
        .expect(2)
        .says(&["no version 9"]);
}

#[test]
fn an_older_release_on_a_newer_database_is_ahead() {
    let workspace = Workspace::new().app("shop", "", &THREE);
    workspace.run(&["migrate", "shop"]).expect(0);
    for file in ["V3__c.sql", "V3__c.down.sql"] {
        std::fs::remove_file(workspace.path(&format!("services/shop/migrations/core/{file}")))
            .expect("there");
    }
    let report = workspace
        .run(&["migrate", "shop", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(report["targets"][0]["outcome"], "ahead");
    let status = workspace
        .run(&["status", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(status["targets"][0]["state"], "ahead");
    workspace
        .run(&["migrate", "shop", "--strict"])
        .expect(1)
        .says(&["V3", "postgres reset"]);
    workspace.run(&["status", "--strict"]).expect(1);
}

#[test]
fn requirements_stop_order_and_are_done_on_demand() {
    let files = [
        (
            "V1__b.sql",
            "-- migration: requires shop/core/V2\ncreate table bill (id int);",
        ),
        ("V2__d.sql", "create table due (id int);"),
    ];
    let workspace = Workspace::new()
        .app("shop", "", &THREE)
        .app("billing", "", &files);
    workspace.run(&["migrate", "billing"]).expect(1).says(&[
        "requires shop/core/V2",
        "cargo xtask migrate shop --database core --to 2",
        "--with-requirements",
    ]);
    assert_eq!(
        workspace.value("select to_regclass('billing_core_schema_history')"),
        "NULL"
    );
    workspace
        .run(&["migrate", "billing", "--with-requirements"])
        .expect(0);
    assert_eq!(
        (workspace.recorded("shop"), workspace.recorded("billing")),
        ("1,2".to_owned(), "1,2".to_owned())
    );
    workspace
        .run(&["rollback", "shop", "--to", "0"])
        .expect(1)
        .says(&["billing/core V1"]);
}

#[test]
fn placeholders_come_from_the_command_line_and_the_config() {
    let files = [(
        "V1__p.sql",
        "-- migration: placeholders\ncreate table ${name} (region text default ${region:literal});",
    )];
    let workspace = Workspace::new().app("shop", "", &files);
    workspace.run(&["migrate", "shop"]).expect(1).says(&[
        "no placeholder `name`",
        "V1__p.sql:2",
        "-x name=",
    ]);
    workspace
        .run(&["migrate", "shop", "-x", "name=from flag", "-x", "region=eu"])
        .expect(0);
    assert_eq!(
        workspace.value("select to_regclass('\"from flag\"') is not null"),
        "true"
    );
}

#[test]
fn events_are_lines_before_the_document() {
    let workspace = Workspace::new().app("shop", "", &THREE);
    let run = workspace
        .run(&["migrate", "shop", "--format", "json", "--events"])
        .expect(0);
    let lines: Vec<serde_json::Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let (document, events) = lines.split_last().expect("some");
    assert_eq!(document["targets"][0]["outcome"], "applied");
    assert!(events.len() >= 6, "{events:?}");
}
