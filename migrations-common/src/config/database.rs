//! `[databases.<name>]`.

use std::sync::Arc;

use super::read::{Entry, Reader, Table};
use super::{
    DatabaseConfig, Granularity, Layout, Limits, MAX_IDENTIFIER_BYTES, TenantSource, VersionWidth,
    tenants,
};

/// Connections to a server at a time, where the config says nothing.
const MAX_CONNECTIONS: u32 = 8;

/// PostgreSQL's catalog has no index led by the namespace: backups, `\d`, and vacuuming the catalog slow down with the
/// number of all schemas' tables.
const MANY_SCHEMAS: u32 = 500;

pub(super) fn read(app: &str, mut entry: Entry<'_>, reader: &mut Reader) -> DatabaseConfig {
    let name = entry.name.clone();
    let place = entry.place.clone();
    reader.check_name("database", &name, &place);
    let table = &mut entry.table;
    let layouts = [
        Layout::Single,
        Layout::SchemaPerTenant,
        Layout::DatabasePerTenant,
        Layout::Sharded,
    ];
    let layout = table
        .one_of(
            reader,
            "layout",
            &layouts.map(|layout| (layout.word(), layout)),
        )
        .unwrap_or(Layout::Single);
    let schema = table
        .identifier(reader, "schema")
        .unwrap_or_else(|| "public".to_owned());
    let schemas = table
        .identifiers(reader, "schemas")
        .unwrap_or_else(|| vec![schema.clone()]);
    let history_table = table
        .identifier(reader, "history_table")
        .unwrap_or_else(|| default_history_table(app, &name, &place, reader));
    let config = DatabaseConfig {
        layout,
        shared: table.identifier(reader, "shared"),
        path: table
            .relative_path(reader, "path")
            .unwrap_or_else(|| format!("migrations/{name}")),
        search_path: table.identifiers(reader, "search_path").unwrap_or_default(),
        history_version: table
            .one_of(
                reader,
                "history_version",
                &[("int4", VersionWidth::Int4), ("int8", VersionWidth::Int8)],
            )
            .unwrap_or(VersionWidth::Int8),
        transaction: transaction(table, layout, reader),
        limits: limits(table, reader),
        tenants: fleet_only(table, layout, "tenants", reader, |table, reader| {
            tenants::read(table, reader)
        }),
        register: fleet_only(table, layout, "register", reader, |table, reader| {
            table.text(reader, "register")
        }),
        max_connections: table
            .count(reader, "max_connections")
            .unwrap_or(MAX_CONNECTIONS),
        many_schemas: table.count(reader, "many_schemas").unwrap_or(MANY_SCHEMAS),
        name,
        schema,
        schemas,
        history_table,
        place,
    };
    entry.table.finish(reader);
    config
}

/// A query may run on another database of the app; that one must be there.
pub(super) fn refuse_unknown_on<'s>(
    sources: impl IntoIterator<Item = &'s TenantSource>,
    databases: &[Arc<DatabaseConfig>],
    reader: &mut Reader,
) {
    let names: Vec<&str> = databases.iter().map(|d| d.name.as_str()).collect();
    for source in sources {
        let TenantSource::Query { on: Some(on), .. } = source else {
            continue;
        };
        let other = databases.iter().find(|other| other.name == on.value);
        if other.is_none() {
            let message =
                crate::problem::unknown_name("database", &on.value, names.iter().copied());
            reader
                .problem_at("unknown-database", message, on.place.clone())
                .help("`on` names the database of this app that the query runs on");
        } else if other.is_some_and(|other| {
            matches!(other.layout, Layout::DatabasePerTenant | Layout::Sharded)
        }) {
            reader
                .problem_at(
                    "config-value",
                    format!("`on` cannot be `{}`, which is many databases", on.value),
                    on.place.clone(),
                )
                .help("name a database that is one: layout single or schema-per-tenant");
        }
    }
}

fn default_history_table(
    app: &str,
    name: &str,
    place: &crate::problem::Place,
    reader: &mut Reader,
) -> String {
    let table = crate::history::default_name(app, name);
    if table.len() <= MAX_IDENTIFIER_BYTES {
        return table;
    }
    let message = format!(
        "the history table of `{name}` would be `{table}`, over {MAX_IDENTIFIER_BYTES} bytes"
    );
    reader
        .problem_at("long-name", message, place.clone())
        .help(format!(
            "name it yourself: history_table = \"{name}_schema_history\""
        ));
    String::new()
}

fn transaction(table: &mut Table<'_>, layout: Layout, reader: &mut Reader) -> Granularity {
    let place = table.place_of(reader, "transaction");
    let words = [
        ("migration", Granularity::Migration),
        ("target", Granularity::Target),
        ("database", Granularity::Database),
    ];
    let given = table.one_of(reader, "transaction", &words);
    if given == Some(Granularity::Database)
        && layout != Layout::SchemaPerTenant
        && let Some(place) = place
    {
        reader
            .problem_at(
                "config-value",
                format!("`transaction` cannot be `database` in layout {}", layout.word()),
                place,
            )
            .help("it puts the tenants of one database into one transaction: layout = \"schema-per-tenant\"; here write \"target\"");
    }
    given.unwrap_or(match layout {
        Layout::Single => Granularity::Migration,
        _ => Granularity::Target,
    })
}

fn limits(table: &mut Table<'_>, reader: &mut Reader) -> Limits {
    let defaults = Limits::default();
    Limits {
        lock_timeout: table
            .duration(reader, "lock_timeout")
            .unwrap_or(defaults.lock_timeout),
        statement_timeout: table
            .duration(reader, "statement_timeout")
            .unwrap_or(defaults.statement_timeout),
    }
}

/// A key that says something only of many targets.
fn fleet_only<T>(
    table: &mut Table<'_>,
    layout: Layout,
    key: &'static str,
    reader: &mut Reader,
    read: impl FnOnce(&mut Table<'_>, &mut Reader) -> Option<T>,
) -> Option<T> {
    let place = table.place_of(reader, key);
    let value = read(table, reader)?;
    if layout == Layout::Single
        && let Some(place) = place
    {
        reader
            .problem_at(
                "config-value",
                format!("`{key}` says nothing in layout single"),
                place,
            )
            .help("add layout = \"schema-per-tenant\", \"database-per-tenant\" or \"sharded\"");
    }
    Some(value)
}
