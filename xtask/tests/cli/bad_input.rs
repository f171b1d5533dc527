//! Mistakes that people make: each a clear word, the right exit status, and nothing lost.

use crate::support::Workspace;

const ONE: [(&str, &str); 1] = [("V1__a.sql", "create table a (id int);")];

#[test]
fn names_that_do_not_exist() {
    let workspace = Workspace::new().app("app1", "", &ONE).app("app2", "", &ONE);
    workspace
        .run(&["migrate", "ap1"])
        .expect(2)
        .says(&["no app `ap1`; did you mean `app1`?  (apps: app1, app2)"]);
    workspace
        .run(&["migrate", "app1", "--database", "cor"])
        .expect(2)
        .says(&["no database `cor`; did you mean `core`?"]);
    let wrong = workspace
        .command(&["migrate", "app1", "--env", "tset"])
        .output()
        .expect("runs");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&wrong.stderr)
            .contains("no environment `tset`; did you mean `test`?")
    );
    workspace
        .run(&["migrate", "app1", "--to", "7"])
        .expect(2)
        .says(&["no version 7"]);
    workspace
        .run(&["migrate"])
        .expect(2)
        .says(&["which app?", "--all", "app1, app2"]);
    workspace
        .run(&["migrate", "--to", "soon", "app1"])
        .expect(2)
        .says(&["a version is a whole number"]);
    workspace.run(&["migrat"]).expect(2).says(&["migrate"]);
    assert_eq!(
        workspace.value("select count(*) from pg_tables where schemaname = 'public'"),
        "0"
    );
}

#[test]
fn a_workspace_without_apps() {
    let workspace = Workspace::new();
    workspace.member("library");
    workspace
        .run(&["status"])
        .expect(2)
        .says(&["there are no apps", "migrations.toml"]);
    workspace
        .run(&["migrate", "x"])
        .expect(2)
        .says(&["no app `x`"]);
}

#[test]
fn five_mistakes_in_a_config_are_five_errors_with_lines() {
    let workspace = Workspace::new().app("shop", "", &ONE);
    workspace.write(
        "services/shop/migrations.toml",
        "[databases.core]\nschemma = \"x\"\nlock_timeout = \"3 weeks\"\ntransaction = \"all\"\nhistory_table = 7\n\
         [environments.test]\ncor = { url = \"x\" }\n",
    );
    let run = workspace.run(&["migrate", "shop"]).expect(2);
    for line in [2, 3, 4, 5, 7] {
        assert!(
            run.stderr
                .contains(&format!("services/shop/migrations.toml:{line}:")),
            "line {line}:\n{}",
            run.stderr
        );
    }
}

#[test]
fn an_unset_variable_is_named_with_its_place() {
    let workspace = Workspace::new().app("shop", "", &ONE);
    let output = workspace
        .command(&["migrate", "shop", "--env", "test"])
        .env_remove("CORE_URL")
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("the variable `CORE_URL` is not set")
            && stderr.contains("migrations.toml:5:"),
        "{stderr}"
    );
}

#[test]
fn a_secret_in_a_file_is_read_and_never_shown() {
    let mut workspace = Workspace::new().app("shop", "", &ONE);
    workspace.write("url", format!("{}\n", workspace.database.url()));
    let file = workspace.path("url").display().to_string();
    workspace.set("CORE_URL_FILE", &file);
    let output = workspace
        .command(&["migrate", "shop", "--env", "test"])
        .env_remove("CORE_URL")
        .output()
        .expect("runs");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    workspace.set("CORE_URL", "postgres://u:hunter2@127.0.0.1:1/x");
    let run = workspace
        .run(&["migrate", "shop"])
        .expect(5)
        .says(&["127.0.0.1:1"]);
    assert!(!run.stderr.contains("hunter2") && !run.stdout.contains("hunter2"));
}

#[test]
fn servers_that_cannot_be_used() {
    let mut workspace = Workspace::new().app("shop", "", &ONE);
    let url = workspace.database.url();
    workspace.set("CORE_URL", &format!("{url}_gone"));
    let report = workspace
        .run(&["migrate", "shop", "--format", "json"])
        .expect(5)
        .json();
    assert_eq!(report["targets"][0]["outcome"], "failed");
    assert_eq!(report["targets"][0]["error"]["sqlstate"], "3D000");
    let status = workspace
        .run(&["status", "--format", "json"])
        .expect(5)
        .json();
    assert_eq!(status["targets"][0]["state"], "unreachable");
    workspace.set("CORE_URL", "mysql://x/y");
    workspace
        .run(&["migrate", "shop"])
        .expect(2)
        .says(&["migrations.toml:"]);
}

#[test]
fn a_role_without_rights_is_told_what_it_lacks() {
    let mut workspace = Workspace::new().app("shop", "", &ONE);
    workspace
        .client()
        .batch_execute("create role bystander login")
        .expect("made");
    workspace.set(
        "CORE_URL",
        &workspace
            .database
            .url()
            .replacen("postgres@", "bystander@", 1),
    );
    workspace
        .run(&["migrate", "shop"])
        .expect(1)
        .says(&["permission denied", "42501"]);
}

#[test]
fn a_syntax_error_in_the_third_of_five() {
    let workspace = Workspace::new().app(
        "shop",
        "",
        &[
            ("V1__a.sql", "create table a ();"),
            ("V2__b.sql", "create table b ();"),
            ("V3__c.sql", "create table c ();\ncreate tabel d ();\n"),
            ("V4__d.sql", "create table e ();"),
            ("V5__e.sql", "create table f ();"),
        ],
    );
    let report = workspace
        .run(&["migrate", "shop", "--format", "json"])
        .expect(1)
        .json();
    let error = &report["targets"][0]["error"];
    assert_eq!(
        (error["line"].as_i64(), error["column"].as_i64()),
        (Some(2), Some(8)),
        "{error}"
    );
    assert_eq!(error["path"], "services/shop/migrations/core/V3__c.sql");
    assert_eq!(error["migration"], "V3__c");
    assert_eq!(error["sqlstate"], "42601");
    assert_eq!(workspace.recorded("shop"), "1,2");
    workspace.run(&["migrate", "shop"]).expect(1).says(&[
        "nothing of it remains",
        "core stands at V2",
        "V4 to V5 were not reached",
        "cargo xtask migrate shop",
    ]);
}

#[test]
fn all_that_is_wrong_with_files_is_said_at_once_and_nothing_runs() {
    let workspace = Workspace::new().app(
        "shop",
        "",
        &[
            ("V1__a.sql", "create table a ();"),
            ("V2__b.sql", "create table b ();\ncommit;\n"),
            ("V2__again.sql", "select 1;"),
            ("V3_c.sql", "select 1;"),
            ("V4__d.sql", "-- migration: no-transation\nselect 1;"),
            ("V5__e.sql", ""),
            ("V6__f.sql", "select 'open;"),
            ("V7__g.sql", "create index concurrently i on a (id);"),
            ("V8__h.down.sql", "select 1;"),
            ("V9__i.rs", "pub fn migration() -> String { String::new() }"),
        ],
    );
    workspace.write(
        "services/shop/migrations/core/V10__j.sql",
        b"select '\xff';",
    );
    workspace.migration("shop", "V11__k.sql", "begin;\r\nselect 1;\r\n");
    workspace.run(&["migrate", "shop"]).expect(1).says(&[
        "duplicate-version",
        "misnamed-migration",
        "unknown-directive",
        "did you mean `no-transaction`?",
        "empty-migration",
        "down-without-migration",
        "is a Rust migration",
        "not-utf8",
        "transaction-control",
        "V11__k.sql:1:1",
        "needs-no-transaction",
        "V6__f.sql:1:8",
    ]);
    assert_eq!(
        workspace.value("select count(*) from pg_tables where schemaname = 'public'"),
        "0"
    );
}

#[test]
fn a_history_that_was_altered_by_hand() {
    let workspace = Workspace::new().app("shop", "", &ONE);
    workspace.run(&["migrate", "shop"]).expect(0);
    workspace
        .client()
        .batch_execute("update shop_core_schema_history set checksum = 'x'")
        .expect("altered");
    workspace.run(&["migrate", "shop"]).expect(1).says(&[
        "malformed-history",
        "version 1",
        "checksum",
    ]);
    workspace
        .run(&["status"])
        .expect(1)
        .says(&["malformed-history"]);
}

#[test]
fn a_broken_app_does_not_keep_others_from_running() {
    let workspace = Workspace::new()
        .app("shop", "", &ONE)
        .app("broken", "", &ONE);
    workspace.write(
        "services/broken/migrations.toml",
        "[databases.core]\nnonsense = 1\n",
    );
    workspace.run(&["migrate", "shop"]).expect(0);
    workspace
        .run(&["migrate", "broken"])
        .expect(2)
        .says(&["unknown key `nonsense`"]);
    workspace
        .run(&["migrate", "--all"])
        .expect(2)
        .says(&["unknown key `nonsense`"]);
}
