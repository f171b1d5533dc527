//! Layouts, tenants, and where they live: every key arrives, every mistake has its line and its cure.

use super::*;

/// Every problem as `line:column code: message => helps`.
fn check(text: &str, expected: &[&str]) {
    let problems = parse(text).expect_err("must be refused");
    let found: Vec<String> = problems
        .0
        .iter()
        .map(|problem| {
            let (line, column) = problem.places[0].line_column();
            let (code, message) = (problem.code, &problem.message);
            format!(
                "{line}:{column} {code}: {message} => {}",
                problem.helps.join(" | ")
            )
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

/// `text` as lines of a database of `layout`; they begin at line 3.
fn check_database(layout: &str, text: &str, expected: &[&str]) {
    check(
        &format!("[databases.core]\nlayout = \"{layout}\"\n{text}\n"),
        expected,
    );
}

/// `entry` of a database of `layout` in an environment: at line 4.
fn check_entry(layout: &str, entry: &str, expected: &[&str]) {
    check(
        &format!(
            "[databases.core]\nlayout = \"{layout}\"\n[environments.staging]\ncore = {entry}\n"
        ),
        expected,
    );
}

fn value(text: &Text) -> &str {
    &text.value
}

#[test]
fn every_key_of_a_fleet_arrives() {
    let config = parse(
        r#"
[databases.core]
[databases.workspaces]
layout = "schema-per-tenant"
transaction = "database"
tenants = { query = "select 1", on = "core" }
register = "insert"
search_path = ["public", "ext"]
max_connections = 24
many_schemas = 2000
[databases.events]
layout = "sharded"
[databases.ledgers]
layout = "database-per-tenant"
transaction = "migration"
"#,
    )
    .expect("valid");
    let [core, workspaces, events, ledgers] = config.databases.as_slice() else {
        panic!("four databases");
    };
    let layouts = config.databases.iter().map(|one| one.layout);
    assert_eq!(
        layouts.collect::<Vec<_>>(),
        [
            Layout::Single,
            Layout::SchemaPerTenant,
            Layout::Sharded,
            Layout::DatabasePerTenant
        ]
    );
    assert_eq!(workspaces.transaction, Granularity::Database);
    let Some(TenantSource::Query { sql, on: Some(on) }) = &workspaces.tenants else {
        panic!("{:?}", workspaces.tenants);
    };
    assert_eq!((value(sql), value(on)), ("select 1", "core"));
    assert_eq!(workspaces.register.as_ref().map(value), Some("insert"));
    assert_eq!(workspaces.search_path, ["public", "ext"]);
    assert_eq!(
        (workspaces.max_connections, workspaces.many_schemas),
        (24, 2000)
    );
    // What is not said.
    assert_eq!((core.max_connections, core.many_schemas), (8, 500));
    assert_eq!((&core.tenants, &core.register), (&None, &None));
    let transactions = [core, events, ledgers].map(|one| one.transaction);
    assert_eq!(
        transactions,
        [
            Granularity::Migration,
            Granularity::Target,
            Granularity::Migration
        ]
    );
}

#[test]
fn tenants_have_six_sources_and_a_short_form() {
    let source = |tenants: &str| {
        let text =
            format!("[databases.core]\nlayout = \"database-per-tenant\"\ntenants = {tenants}");
        let config = parse(&text).expect("valid");
        config.databases[0].tenants.clone().expect("given")
    };
    let listed = |source: &TenantSource| -> Vec<(String, Option<String>)> {
        let TenantSource::List(listed) = source else {
            panic!("{source:?}");
        };
        let url = |one: &Listed| one.url.as_ref().map(|url| url.value.clone());
        let one = |one: &Listed| (one.name.value.clone(), url(one));
        listed.iter().map(one).collect()
    };
    let named = |name: &str| (name.to_owned(), None);
    assert_eq!(
        listed(&source(r#"["acme", "o'hara & söhne"]"#)),
        [named("acme"), named("o'hara & söhne")]
    );
    assert_eq!(
        listed(&source(
            r#"{ list = ["a", { name = "b", url = "${B}" }, { name = "c" }] }"#
        )),
        [
            named("a"),
            ("b".to_owned(), Some("${B}".to_owned())),
            named("c")
        ]
    );
    match source(r#"{ query = "select name, url from t" }"#) {
        TenantSource::Query { sql, on: None } => assert_eq!(sql.value, "select name, url from t"),
        other => panic!("{other:?}"),
    }
    match source(r#"{ pattern = "tenant_%" }"#) {
        TenantSource::Pattern(text) => assert_eq!(text.value, "tenant_%"),
        other => panic!("{other:?}"),
    }
    match source(r#"{ file = "tenants.txt" }"#) {
        TenantSource::File(text) => assert_eq!(text.value, "tenants.txt"),
        other => panic!("{other:?}"),
    }
    match source(r#"{ function = "ledgers" }"#) {
        TenantSource::Function(text) => assert_eq!(text.value, "ledgers"),
        other => panic!("{other:?}"),
    }
    match source(r#"{ command = ["./list", "--all"] }"#) {
        TenantSource::Command(words) => {
            assert_eq!(
                words.iter().map(value).collect::<Vec<_>>(),
                ["./list", "--all"]
            );
            assert_eq!(words[1].place.line_column(), (3, 34));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_environment_says_who_and_where() {
    let config = parse(
        r#"
[databases.workspaces]
layout = "schema-per-tenant"
[databases.events]
layout = "sharded"
[databases.ledgers]
layout = "database-per-tenant"
[environments.dev]
workspaces = { tenants = ["acme"], max_connections = 2 }
events = { tenants = { pattern = "shard_%" }, url = "${SERVER}" }
ledgers = { urls = ["${A}", "postgres://db/b"], lock_timeout = "1s" }
"#,
    )
    .expect("valid");
    let dev = &config.environments["dev"];
    let workspaces = &dev["workspaces"];
    assert_eq!(workspaces.max_connections, Some(2));
    assert!(matches!(&workspaces.tenants, Some(TenantSource::List(listed)) if listed.len() == 1));
    assert!(matches!(
        &dev["events"].tenants,
        Some(TenantSource::Pattern(_))
    ));
    assert_eq!(dev["events"].url.as_ref().map(value), Some("${SERVER}"));
    let urls = dev["ledgers"].urls.as_ref().expect("given");
    assert_eq!(
        urls.iter().map(value).collect::<Vec<_>>(),
        ["${A}", "postgres://db/b"]
    );
    assert_eq!(dev["ledgers"].lock_timeout, Some(Duration::from_secs(1)));
    assert_eq!(dev["ledgers"].max_connections, None);
}

#[test]
fn a_misspelt_layout_is_one_problem() {
    let known = r#"write "single" or "schema-per-tenant" or "database-per-tenant" or "sharded""#;
    for (layout, entry) in [
        ("schema_per_tenant", "{ tenants = [\"a\"] }"),
        ("shard", "{ urls = [\"${A}\"] }"),
        ("database-per-tennant", "{ urls = [\"${A}\"] }"),
    ] {
        check_entry(
            layout,
            entry,
            &[&format!(
                "2:10 config-value: `layout` cannot be `{layout}` => {known}"
            )],
        );
    }
    check_database(
        "schema-per-tenants",
        "transaction = \"database\"\nregister = \"insert\"",
        &[&format!(
            "2:10 config-value: `layout` cannot be `schema-per-tenants` => {known}"
        )],
    );
}

#[test]
fn what_is_for_many_says_nothing_of_one() {
    let add = r#"add layout = "schema-per-tenant", "database-per-tenant" or "sharded""#;
    check_database(
        "single",
        "tenants = [\"a\"]\nregister = \"insert\"",
        &[
            &format!("3:11 config-value: `tenants` says nothing in layout single => {add}"),
            &format!("4:12 config-value: `register` says nothing in layout single => {add}"),
        ],
    );
    let target = "it puts the tenants of one database into one transaction: \
                  layout = \"schema-per-tenant\"; here write \"target\"";
    for layout in ["single", "database-per-tenant", "sharded"] {
        check_database(
            layout,
            "transaction = \"database\"",
            &[&format!(
                "3:15 config-value: `transaction` cannot be `database` in layout {layout} => {target}"
            )],
        );
    }
    check_entry(
        "single",
        "{ tenants = [\"a\"] }",
        &[
            "4:1 config-value: `core` has tenants, and layout single => \
           set its layout to \"schema-per-tenant\", \"database-per-tenant\" or \"sharded\"",
        ],
    );
    for layout in ["single", "schema-per-tenant"] {
        check_entry(
            layout,
            "{ urls = [\"${A}\"] }",
            &["4:1 config-value: `core` has urls and is one database => \
               write `url`, or set its layout to \"sharded\" or \"database-per-tenant\""],
        );
    }
}

#[test]
fn what_is_for_one_is_refused_for_many() {
    let around = "a direct_url leads to one database: \
                  let `url`, `urls` or the source of tenants lead around the pooler";
    for layout in ["database-per-tenant", "sharded"] {
        for entry in [
            "{ direct_url = \"${D}\", urls = [\"${A}\"] }",
            "{ direct_url = \"${D}\", url = \"${A}\", tenants = [\"a\"] }",
        ] {
            check_entry(
                layout,
                entry,
                &[&format!(
                    "4:1 config-value: `core` has a direct_url and is many databases => {around}"
                )],
            );
        }
    }
    check_entry(
        "schema-per-tenant",
        "{ direct_url = \"${D}\", tenants = [\"a\"] }",
        &["4:1 missing-url: `core` has a direct_url and no url => \
           `url` is where it lives; `direct_url` is only the way around a pooler"],
    );
}

#[test]
fn who_the_databases_are_is_said_once() {
    check_entry(
        "sharded",
        "{ urls = [\"${A}\"], tenants = [\"a\"] }",
        &["4:1 config-value: `core` has urls and tenants => \
           keep one: each says which databases there are"],
    );
    check_entry(
        "sharded",
        "{ urls = [\"${A}\"], url = \"${B}\" }",
        &[
            "4:1 config-value: `core` has url and urls => keep one: `urls` names each database, \
           `url` is the server of those that only have names",
        ],
    );
    check_entry(
        "sharded",
        "{ urls = [] }",
        &[
            "4:1 config-value: the `urls` of `core` are an empty list => \
           write one URL a database, such as urls = [\"${SHARD_0_URL}\", \"${SHARD_1_URL}\"]",
        ],
    );
    check_database(
        "sharded",
        "tenants = { file = \"a\", list = [\"b\"] }",
        &["3:11 config-value: `tenants` has several sources => keep one"],
    );
}

#[test]
fn a_source_that_is_none_is_one_problem() {
    let forms = "write tenants = [\"acme\", \"initech\"], { query = \"select …\" }, \
                 { pattern = \"tenant_%\" }, { file = \"tenants.txt\" }, { command = [\"…\"] } or { function = \"…\" }";
    for (tenants, expected) in [
        (
            "7",
            format!("3:11 config-value: `tenants` is an integer, not a list or a table => {forms}"),
        ),
        (
            "\"acme\"",
            format!("3:11 config-value: `tenants` is a string, not a list or a table => {forms}"),
        ),
        (
            "{}",
            format!("3:11 config-value: `tenants` names no source => {forms}"),
        ),
        (
            "[]",
            "3:11 config-value: the list of tenants is empty => name one at least, or leave the key out".to_owned(),
        ),
        (
            "{ list = [] }",
            "3:20 config-value: the list of tenants is empty => name one at least, or leave the key out".to_owned(),
        ),
        (
            "{ list = \"acme\" }",
            "3:20 config-value: `list` is a string, not a list => write list = [\"acme\", \"initech\"]".to_owned(),
        ),
        (
            "[\"acme\", 7]",
            "3:20 config-value: `tenants` is an integer, not a string or a table => write \"acme\"".to_owned(),
        ),
        (
            "[{ url = \"${A}\" }]",
            "3:12 config-value: this tenant has no name => write { name = \"acme\", url = \"${ACME_URL}\" }".to_owned(),
        ),
        (
            "[{ name = 7 }]",
            "3:21 config-value: `name` is an integer, not a string => write name = \"…\"".to_owned(),
        ),
        (
            "[{ name = \"a\", ulr = \"x\" }]",
            "3:26 unknown-key: unknown key `ulr` in a tenant => did you mean `url`?".to_owned(),
        ),
        (
            "{ query = 7 }",
            "3:21 config-value: `query` is an integer, not a string => write query = \"…\"".to_owned(),
        ),
        (
            "{ qurey = \"select 1\" }",
            "3:13 unknown-key: unknown key `qurey` in tenants => did you mean `query`?".to_owned(),
        ),
        (
            "{ command = \"list-tenants\" }",
            "3:23 config-value: `command` is a string, not a list of strings => write command = [\"…\"]".to_owned(),
        ),
        (
            "{ command = [] }",
            "3:11 config-value: `command` is an empty list => write the program and its arguments, each a string".to_owned(),
        ),
        (
            "{ command = [\"a\", 7] }",
            "3:29 config-value: `command` is an integer, not a string => write \"…\"".to_owned(),
        ),
        (
            "{ on = \"core\" }",
            "3:18 config-value: `on` says where a query runs, and there is none => \
             write { query = \"select …\", on = \"…\" }, or leave `on` out".to_owned(),
        ),
        (
            "{ file = \"a\", on = \"core\" }",
            "3:30 config-value: `on` says where a query runs, and there is none => \
             write { query = \"select …\", on = \"…\" }, or leave `on` out".to_owned(),
        ),
    ] {
        check_database(
            "schema-per-tenant",
            &format!("tenants = {tenants}"),
            &[&expected],
        );
    }
}

#[test]
fn counts_are_whole_numbers_above_0() {
    for number in ["0", "-1", "1.5", "\"8\"", "4294967296", "0x10", "true"] {
        check_database(
            "sharded",
            &format!("max_connections = {number}\nmany_schemas = {number}"),
            &[
                "3:19 config-value: `max_connections` is no whole number above 0 => write max_connections = 8",
                "4:16 config-value: `many_schemas` is no whole number above 0 => write many_schemas = 8",
            ],
        );
    }
    check_entry(
        "sharded",
        "{ urls = [\"${A}\", 7], max_connections = 0 }",
        &[
            "4:26 config-value: `urls` is an integer, not a string => write \"…\"",
            "4:48 config-value: `max_connections` is no whole number above 0 => write max_connections = 8",
        ],
    );
    check_entry(
        "sharded",
        "{ urls = \"${A}\" }",
        &["4:17 config-value: `urls` is a string, not a list of strings => write urls = [\"…\"]"],
    );
}

#[test]
fn a_query_runs_on_one_database_that_is_there() {
    let names = "`on` names the database of this app that the query runs on";
    let text = |on: &str| {
        format!(
            "[databases.core]\n[databases.shards]\nlayout = \"sharded\"\n[databases.workspaces]\n\
             layout = \"schema-per-tenant\"\ntenants = {{ query = \"select 1\", on = \"{on}\" }}\n\
             [environments.staging]\nworkspaces = {{ tenants = {{ query = \"select 2\", on = \"{on}\" }} }}\n"
        )
    };
    assert!(parse(&text("core")).is_ok());
    assert!(parse(&text("workspaces")).is_ok());
    let unknown = "no database `cor`; did you mean `core`?  (databases: core, shards, workspaces)";
    check(
        &text("cor"),
        &[
            &format!("6:38 unknown-database: {unknown} => {names}"),
            &format!("8:53 unknown-database: {unknown} => {names}"),
        ],
    );
    let many = "`on` cannot be `shards`, which is many databases => \
                name a database that is one: layout single or schema-per-tenant";
    check(
        &text("shards"),
        &[
            &format!("6:38 config-value: {many}"),
            &format!("8:53 config-value: {many}"),
        ],
    );
}
