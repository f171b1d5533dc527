//! `tenants = …`: where a database's tenants or shards are listed.

use toml::Spanned;
use toml::de::DeValue;

use super::Text;
use super::read::{Reader, Table};

/// A source of tenants or shards, as the config names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TenantSource {
    /// `["acme", …]` or `{ list = […] }`.
    List(Vec<Listed>),
    /// `{ query = "select …", on = "core" }`: rows of name and, perhaps, URL.
    Query {
        /// The query.
        sql: Text,
        /// The app's database that it runs on, unless this one.
        on: Option<Text>,
    },
    /// `{ pattern = "tenant_%" }`: schemas, or databases of the server, with such names.
    Pattern(Text),
    /// `{ file = "tenants.txt" }`, relative to the app.
    File(Text),
    /// `{ command = ["…"] }`: what it prints.
    Command(Vec<Text>),
    /// `{ function = "…" }`: a Rust function that the app's binary knows by this name.
    Function(Text),
}

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The tenant's or shard's name.
    pub name: Text,
    /// Its own URL, before `${…}` is replaced.
    pub url: Option<Text>,
}

const EXAMPLE: &str = "tenants = [\"acme\", \"initech\"], { query = \"select …\" }, { pattern = \"tenant_%\" }, \
                       { file = \"tenants.txt\" }, { command = [\"…\"] } or { function = \"…\" }";

/// The source under `tenants`, if there is one.
pub(super) fn read(table: &mut Table<'_>, reader: &mut Reader) -> Option<TenantSource> {
    let value = table.take("tenants")?;
    match value.get_ref() {
        DeValue::Array(_) => list(value, reader).map(TenantSource::List),
        DeValue::Table(source) => {
            if source.is_empty() {
                reader
                    .problem("config-value", "`tenants` names no source", value.span())
                    .help(format!("write {EXAMPLE}"));
            }
            let mut source = Table::of(source, "tenants");
            let on = source.text(reader, "on");
            if let Some(on) = on
                .as_ref()
                .filter(|_| source.place_of(reader, "query").is_none())
            {
                reader
                    .problem_at(
                        "config-value",
                        "`on` says where a query runs, and there is none",
                        on.place.clone(),
                    )
                    .help("write { query = \"select …\", on = \"…\" }, or leave `on` out");
            }
            let found = [
                source
                    .text(reader, "query")
                    .map(|sql| TenantSource::Query { sql, on }),
                source.text(reader, "pattern").map(TenantSource::Pattern),
                source.text(reader, "file").map(TenantSource::File),
                source.text(reader, "function").map(TenantSource::Function),
                source.texts(reader, "command").map(TenantSource::Command),
                source
                    .take("list")
                    .and_then(|value| list(value, reader))
                    .map(TenantSource::List),
            ];
            source.finish(reader);
            let mut found = found.into_iter().flatten();
            let first = found.next();
            if found.next().is_some() {
                reader
                    .problem(
                        "config-value",
                        "`tenants` has several sources",
                        value.span(),
                    )
                    .help("keep one");
            }
            if matches!(&first, Some(TenantSource::Command(words)) if words.is_empty()) {
                reader
                    .problem("config-value", "`command` is an empty list", value.span())
                    .help("write the program and its arguments, each a string");
            }
            first
        }
        _ => {
            reader.wrong_type("tenants", value, "a list or a table", EXAMPLE);
            None
        }
    }
}

fn list(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Vec<Listed>> {
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong_type("list", value, "a list", "list = [\"acme\", \"initech\"]");
        return None;
    };
    if items.is_empty() {
        reader
            .problem("config-value", "the list of tenants is empty", value.span())
            .help("name one at least, or leave the key out");
    }
    let listed = items.iter().filter_map(|item| match item.get_ref() {
        DeValue::String(name) => Some(Listed {
            name: reader.as_text(name, item.span()),
            url: None,
        }),
        DeValue::Table(entry) => {
            let is_named = entry.contains_key("name");
            let mut entry = Table::of(entry, "a tenant");
            let name = entry.text(reader, "name");
            let url = entry.text(reader, "url");
            entry.finish(reader);
            if !is_named {
                reader
                    .problem("config-value", "this tenant has no name", item.span())
                    .help("write { name = \"acme\", url = \"${ACME_URL}\" }");
            }
            Some(Listed { name: name?, url })
        }
        _ => {
            reader.wrong_type("tenants", item, "a string or a table", "\"acme\"");
            None
        }
    });
    Some(listed.collect())
}
