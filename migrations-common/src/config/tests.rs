mod layouts;

use super::*;
use crate::environment::Environment;

fn parse(text: &str) -> Result<Config, Problems> {
    Config::parse("app1", &Source::new("apps/app1/migrations.toml", text))
}

/// Every problem as `line: code: message`.
fn problems(text: &str) -> Vec<String> {
    let problems = parse(text).expect_err("must be refused");
    problems
        .0
        .iter()
        .map(|p| format!("{}: {}: {}", p.places[0].line_column().0, p.code, p.message))
        .collect()
}

#[test]
fn an_empty_table_is_a_database_with_every_default() {
    let config = parse("[databases.core]").expect("valid");
    let core = &config.databases[0];
    assert_eq!(core.path, "migrations/core");
    assert_eq!(core.schema, "public");
    assert_eq!(core.schemas, ["public"]);
    assert_eq!(core.history_table, "app1_core_schema_history");
    assert_eq!(core.history_version, VersionWidth::Int8);
    assert_eq!(core.transaction, Granularity::Migration);
    assert_eq!(core.limits.lock_timeout, Duration::from_secs(3));
    assert_eq!(core.limits.statement_timeout, Duration::from_mins(15));
    assert_eq!(config.environment_names(), ["dev"]);
}

#[test]
fn every_key_arrives() {
    let config = parse(
        r#"
[placeholders]
region = "eu"
[databases.core]
shared = "core"
path = "sql/core"
schema = "shop"
schemas = ["shop", "stage"]
search_path = ["ext"]
history_table = "history"
history_version = "int4"
transaction = "target"
lock_timeout = "5s"
statement_timeout = "0"
[environments.staging]
core = { url = "${CORE_URL}", direct_url = "${DIRECT}", lock_timeout = "1s", statement_timeout = "2s" }
"#,
    )
    .expect("valid");
    let core = &config.databases[0];
    assert_eq!(core.shared.as_deref(), Some("core"));
    assert_eq!(core.path, "sql/core");
    assert_eq!(core.schemas, ["shop", "stage"]);
    assert_eq!(core.search_path, ["ext"]);
    assert_eq!(core.history_table, "history");
    assert_eq!(core.history_version, VersionWidth::Int4);
    assert_eq!(core.transaction, Granularity::Target);
    assert_eq!(
        core.limits,
        Limits {
            lock_timeout: Duration::from_secs(5),
            statement_timeout: Duration::ZERO
        }
    );
    let location = &config.environments["staging"]["core"];
    assert_eq!(
        location.url.as_ref().map(|t| t.value.as_str()),
        Some("${CORE_URL}")
    );
    assert_eq!(location.statement_timeout, Some(Duration::from_secs(2)));
    assert_eq!(config.placeholders["region"], "eu");
}

#[test]
fn five_mistakes_are_five_problems_with_their_lines() {
    let found = problems(
        r#"[databases.core]
schemma = "public"
lock_timeout = "3 weeks"
transaction = "all"
history_table = 7
[environments.staging]
cor = { url = "x" }
"#,
    );
    assert_eq!(
        found,
        [
            "2: unknown-key: unknown key `schemma` in databases.core",
            "3: config-value: `lock_timeout`: `3 weeks` is not a duration: write a number and a unit (ms, s, min, h, d), such as `3s`",
            "4: config-value: `transaction` cannot be `all`",
            "5: config-value: `history_table` is an integer, not a string",
            "7: unknown-database: no database `cor`; did you mean `core`?  (databases: core)",
        ]
    );
}

#[test]
fn broken_toml_shows_each_place() {
    let found = problems("[databases.core]\nschema = \npath = \n");
    assert!(
        found.iter().all(|p| p.contains("toml: not valid TOML")),
        "{found:?}"
    );
    assert!(found.len() >= 2, "{found:?}");
}

#[test]
fn names_that_postgresql_would_cut_are_refused() {
    let long = "x".repeat(64);
    assert!(
        problems(&format!("[databases.core]\nschema = \"{long}\""))[0].contains("64 bytes long")
    );
    let name = "d".repeat(50);
    assert!(problems(&format!("[databases.{name}]"))[0].contains("over 63 bytes"));
}

#[test]
fn a_path_stays_below_the_app() {
    for path in ["/etc", "../app2/migrations", "a/../../b", ""] {
        let found = problems(&format!("[databases.core]\npath = \"{path}\""));
        assert!(found[0].contains("leaves the app's directory"), "{found:?}");
    }
}

#[test]
fn one_directory_is_not_within_another() {
    let found = problems("[databases.core]\npath = \"migrations\"\n[databases.analytics]\n");
    assert_eq!(
        found,
        [
            "3: nested-paths: the migrations of `analytics` (migrations/analytics) are below those of `core` (migrations)"
        ]
    );
}

#[test]
fn a_file_without_databases_is_refused() {
    assert!(problems("")[0].contains("no database is configured"));
}

fn text(value: &str) -> Text {
    Text {
        value: value.to_owned(),
        place: Place::file("migrations.toml"),
    }
}

#[test]
fn variables_come_from_the_environment() {
    let environment = Environment::from_pairs([
        ("A".to_owned(), "1".to_owned()),
        ("B".to_owned(), "${A}".to_owned()),
    ]);
    let value = |t: &str| interpolate(&text(t), &environment).map(|s| s.expose().to_owned());
    assert_eq!(value("x${A}y${A}").expect("set"), "x1y1");
    assert_eq!(
        value("${B}").expect("set"),
        "${A}",
        "values are not read again"
    );
    assert_eq!(value("$${A} $").expect("plain"), "${A} $");
    let problems = value("${C} ${D} ${A").expect_err("unset");
    assert_eq!(problems.0.len(), 3, "{problems}");
    assert_eq!(problems.0[0].message, "the variable `C` is not set");
}
