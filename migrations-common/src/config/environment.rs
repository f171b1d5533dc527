//! `[environments.<name>]`.

use std::sync::Arc;

use super::read::{Entry, Reader};
use super::{DatabaseConfig, EnvironmentConfig, Layout, Location, tenants};
use crate::problem::unknown_name;

pub(super) fn read(
    databases: &[Arc<DatabaseConfig>],
    mut entry: Entry<'_>,
    reader: &mut Reader,
) -> EnvironmentConfig {
    let mut locations = EnvironmentConfig::new();
    for mut item in entry.table.rest(reader) {
        let database = databases.iter().find(|database| database.name == item.name);
        if database.is_none() {
            let names = databases.iter().map(|database| database.name.as_str());
            reader
                .problem_at(
                    "unknown-database",
                    unknown_name("database", &item.name, names),
                    item.place.clone(),
                )
                .help(format!("add [databases.{}] or correct the name", item.name));
        }
        let location = Location {
            url: item.table.text(reader, "url"),
            direct_url: item.table.text(reader, "direct_url"),
            urls: item.table.texts(reader, "urls"),
            tenants: tenants::read(&mut item.table, reader),
            max_connections: item.table.count(reader, "max_connections"),
            lock_timeout: item.table.duration(reader, "lock_timeout"),
            statement_timeout: item.table.duration(reader, "statement_timeout"),
        };
        check(
            &item,
            &location,
            database.map(|database| database.layout),
            reader,
        );
        item.table.finish(reader);
        locations.insert(item.name, location);
    }
    locations
}

/// What the keys of one entry mean together, and to the database's layout.
fn check(item: &Entry<'_>, location: &Location, layout: Option<Layout>, reader: &mut Reader) {
    let mut wrong = |code, message: String, help: &str| {
        reader
            .problem_at(code, message, item.place.clone())
            .help(help);
    };
    let name = &item.name;
    let many_databases = matches!(
        layout,
        None | Some(Layout::DatabasePerTenant | Layout::Sharded)
    );
    if location.url.is_none() && location.direct_url.is_some() && !many_databases {
        wrong(
            "missing-url",
            format!("`{name}` has a direct_url and no url"),
            "`url` is where it lives; `direct_url` is only the way around a pooler",
        );
    }
    if location.urls.as_ref().is_some_and(Vec::is_empty) {
        wrong(
            "config-value",
            format!("the `urls` of `{name}` are an empty list"),
            "write one URL a database, such as urls = [\"${SHARD_0_URL}\", \"${SHARD_1_URL}\"]",
        );
    }
    if location.urls.is_some() && location.tenants.is_some() {
        wrong(
            "config-value",
            format!("`{name}` has urls and tenants"),
            "keep one: each says which databases there are",
        );
    }
    if location.urls.is_some() && location.url.is_some() {
        wrong(
            "config-value",
            format!("`{name}` has url and urls"),
            "keep one: `urls` names each database, `url` is the server of those that only have names",
        );
    }
    if location.urls.is_some() && !many_databases {
        wrong(
            "config-value",
            format!("`{name}` has urls and is one database"),
            "write `url`, or set its layout to \"sharded\" or \"database-per-tenant\"",
        );
    }
    if location.direct_url.is_some() && layout.is_some() && many_databases {
        wrong(
            "config-value",
            format!("`{name}` has a direct_url and is many databases"),
            "a direct_url leads to one database: let `url`, `urls` or the source of tenants lead around the pooler",
        );
    }
    if location.tenants.is_some() && layout == Some(Layout::Single) {
        wrong(
            "config-value",
            format!("`{name}` has tenants, and layout single"),
            "set its layout to \"schema-per-tenant\", \"database-per-tenant\" or \"sharded\"",
        );
    }
}
