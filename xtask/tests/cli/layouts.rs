//! A schema or a database for each tenant, and shards: who the targets are, and what the commands do with them.

mod development;
mod history_tables;
mod selection;
mod sources;
mod tracks;

use serde_json::Value;

use crate::support::{Run, Workspace};

/// Adds an app with the whole of its `migrations.toml`, and files below its directory `migrations`.
pub(crate) fn add(workspace: &Workspace, name: &str, config: &str, files: &[(&str, &str)]) {
    workspace.member(name);
    workspace.write(&format!("services/{name}/migrations.toml"), config);
    for (file, text) in files {
        workspace.write(&format!("services/{name}/migrations/{file}"), text);
    }
}

/// A workspace with one app, `fleet`.
pub(crate) fn fleet(config: &str, files: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::new();
    add(&workspace, "fleet", config, files);
    workspace
}

/// A workspace with one app, `fleet`, whose tenants each have a schema in the workspace's database; `source` is their
/// source. Its one migration makes the table `a`.
pub(crate) fn schemas(source: &str) -> Workspace {
    let config = format!(
        "[databases.core]\nlayout = \"schema-per-tenant\"\ntenants = {source}\n\
         [environments.test]\ncore = {{ url = \"${{CORE_URL}}\" }}\n"
    );
    fleet(&config, &[("core/V1__a.sql", "create table a (id int);")])
}

/// Runs `sql` in the workspace's database.
pub(crate) fn sql(workspace: &Workspace, sql: &str) {
    workspace.client().batch_execute(sql).expect("runs");
}

/// Makes schemas of these names.
pub(crate) fn make_schemas(workspace: &Workspace, names: &[&str]) {
    for name in names {
        let quoted = name.replace('"', "\"\"");
        sql(workspace, &format!("create schema \"{quoted}\""));
    }
}

/// Migrates `fleet`, with JSON as the answer.
pub(crate) fn migrate(workspace: &Workspace, arguments: &[&str]) -> Run {
    let fixed = ["migrate", "fleet", "--format", "json"];
    workspace.run(&[&fixed, arguments].concat())
}

/// Of each target in a document, `keys` in one line.
#[track_caller]
pub(crate) fn targets(document: &Value, keys: &[&str]) -> Vec<String> {
    let targets = document["targets"].as_array().expect("targets");
    targets.iter().map(|target| line(target, keys)).collect()
}

/// `keys` of `entry` in one line: texts as they are, lists of migrations as their versions.
fn line(entry: &Value, keys: &[&str]) -> String {
    let one = |key: &&str| match &entry[*key] {
        Value::String(text) => text.clone(),
        Value::Array(migrations) => {
            let version = |migration: &Value| migration["version"].to_string();
            let versions: Vec<String> = migrations.iter().map(version).collect();
            versions.join(",")
        }
        other => other.to_string(),
    };
    keys.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The names of the targets in a document, sorted.
#[track_caller]
pub(crate) fn names(document: &Value) -> Vec<String> {
    let mut names = targets(document, &["target"]);
    names.sort();
    names
}
