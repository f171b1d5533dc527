//! Tenants that the global track names, tenants without a schema, and tenants with names that look like SQL.

use super::{Fleet, named, tenants};

/// A registry of three tenants, and their schemas.
pub(super) const REGISTRY: &str = "create table tenants (name text primary key);\n\
     insert into tenants values ('acme'), ('globex'), ('initech');\n\
     create schema acme; create schema globex; create schema initech;";

#[test]
fn a_fresh_database_is_told_global_first_and_migrated_in_one_run() {
    let fleet = Fleet::without_registry("");
    fleet.migration("global/V1__tenants.sql", REGISTRY);
    fleet.steps(2);
    let before = fleet.workspace.value("select count(*) from pg_class");
    for command in [&["status", "fleet"][..], &["migrate", "fleet", "--dry-run"]] {
        let run = fleet.workspace.run(command).expect(0);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains("global first"), "{command:?}: {said}");
        assert!(!said.contains("error"), "{command:?}: {said}");
    }
    assert_eq!(
        fleet.workspace.value("select count(*) from pg_class"),
        before
    );

    let report = fleet.migrate(&[]).expect(0).json();
    assert_eq!(report["targets"][0]["track"], "global");
    assert_eq!(report["targets"][0]["outcome"], "applied");
    assert_eq!(named(&report, "applied"), ["acme", "globex", "initech"]);
    fleet.expect_all_at(3, 2);
    let status = fleet
        .workspace
        .run(&["status", "fleet", "--check"])
        .expect(0);
    assert!(!status.stdout.contains("global first"), "{status:?}");
}

#[test]
fn a_failing_global_track_reaches_no_tenant() {
    let fleet = Fleet::of(3, "");
    fleet.migration("global/V1__broken.sql", "select 1 / 0;");
    fleet.steps(1);
    let report = fleet.migrate(&[]).expect(1).json();
    assert_eq!(report["targets"][0]["outcome"], "failed");
    assert_eq!(named(&report, "not_reached").len(), 3);
    assert!(fleet.standings().is_empty());
}

#[test]
fn a_missing_schema_is_named_with_its_row_while_the_others_are_done() {
    let fleet = Fleet::of(5, "");
    fleet.steps(2);
    fleet.run("drop schema t002");
    let report = fleet.migrate(&[]).expect(6).json();
    assert_eq!(named(&report, "applied"), ["t000", "t001", "t003", "t004"]);
    let error = &tenants(&report)["t002"]["error"];
    assert_eq!(error["code"], "missing-schema");
    let message = error["message"].as_str().expect("text");
    assert!(
        message.contains("row 3 of the query") && message.contains("`t002`"),
        "{message}"
    );
    assert_eq!(
        fleet.workspace.value("select to_regnamespace('t002')"),
        "NULL"
    );

    fleet.run("create schema t002");
    fleet.migrate(&[]).expect(0);
    fleet.expect_all_at(5, 2);
}

#[test]
fn names_that_look_like_sql_are_names() {
    let long = "ü".repeat(31) + "x";
    let hostile = [
        "O'Hara & Söhne",
        "a\"; drop schema public cascade; --",
        "; select pg_sleep(60); --",
        "$$ || '",
        "a.b",
        " ",
        "select",
        "Ünïcødé 猫 \u{1F408}",
        "${tenant}",
        "%I%s",
        "a\\'b",
        long.as_str(),
    ];
    assert_eq!(long.len(), 63);
    let fleet = Fleet::of(1, "");
    let mut client = fleet.workspace.client();
    for name in hostile {
        client
            .execute("insert into tenants values ($1)", &[&name])
            .expect("inserted");
    }
    fleet.run(super::SCHEMAS);
    fleet.steps(1);
    fleet.step(2, "-- migration: placeholders\ncreate table ${schema}.named (name text default ${tenant:literal});\ninsert into named default values;");
    let report = fleet.migrate(&[]).expect(0).json();
    assert_eq!(named(&report, "applied").len(), hostile.len() + 1);
    fleet.expect_all_at(hostile.len() + 1, 2);
    for name in hostile {
        let table = format!("\"{}\".named", name.replace('"', "\"\""));
        let row = client
            .query_one(&format!("select name from {table}"), &[])
            .expect("answers");
        assert_eq!(row.get::<_, String>(0), name);
        let pending = fleet
            .workspace
            .run(&[
                "status", "fleet", "--check", "--tenant", name, "--format", "json",
            ])
            .expect(0)
            .json();
        assert!(tenants(&pending).contains_key(name), "{name}: {pending}");
    }
    assert_eq!(
        named(&fleet.migrate(&[]).expect(0).json(), "at_head").len(),
        hostile.len() + 1
    );
}
