//! `migrations.toml`: what an app's databases are and where they live. All mistakes are reported at once.

mod duration;
mod interpolate;
mod read;

use std::collections::BTreeMap;
use std::time::Duration;

pub use duration::parse as parse_duration;
pub use interpolate::interpolate;

use crate::problem::{Place, Problems, Source};
use read::{Reader, Table};

/// The environment that needs no entry: a database without one lives on the embedded server.
pub const DEV: &str = "dev";

/// PostgreSQL cuts longer identifiers silently (`NAMEDATALEN - 1`).
pub const MAX_IDENTIFIER_BYTES: usize = 63;

/// A `migrations.toml`, checked as far as one file can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The app's databases, in the order of the file.
    pub databases: Vec<DatabaseConfig>,
    /// What the file says about each environment; `dev` may be absent.
    pub environments: BTreeMap<String, EnvironmentConfig>,
    /// Defaults of user-defined placeholders.
    pub placeholders: BTreeMap<String, String>,
    /// The file itself, for messages about its values.
    pub source: Source,
}

/// `[databases.<name>]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseConfig {
    /// The database's name within the app.
    pub name: String,
    /// The shared database that it is, if several apps meet in it.
    pub shared: Option<String>,
    /// Directory of its migrations, relative to the app's.
    pub path: String,
    /// Where its history table lives and unqualified names go.
    pub schema: String,
    /// All schemas that belong to it.
    pub schemas: Vec<String>,
    /// Schemas searched after `schema`.
    pub search_path: Vec<String>,
    /// Name of the history table.
    pub history_table: String,
    /// Width of the version column when we make the history table.
    pub history_version: VersionWidth,
    /// How many migrations share a transaction.
    pub transaction: Granularity,
    /// Timeouts in force while its migrations run.
    pub limits: Limits,
    /// Where the name stands in the file.
    pub place: Place,
}

/// Width of the history table's version column; refinery's feature `int8-versions` decides it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionWidth {
    /// `int4`: refinery without the feature.
    Int4,
    /// `int8`: refinery with it, and ours.
    Int8,
}

/// How much of what is pending on a target becomes one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// Every migration its own.
    Migration,
    /// As many as may share one.
    Target,
}

/// Timeouts of a session that runs migrations. Zero means none, as in PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `lock_timeout`: how long one statement waits for a lock.
    pub lock_timeout: Duration,
    /// `statement_timeout`.
    pub statement_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            lock_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_mins(15),
        }
    }
}

/// `[environments.<name>]`: where each database lives there.
pub type EnvironmentConfig = BTreeMap<String, Location>;

/// One entry of an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// Connection URL, before `${…}` is replaced.
    pub url: Option<Text>,
    /// URL around a pooler, for no-transaction files.
    pub direct_url: Option<Text>,
    /// Overrides the database's own.
    pub lock_timeout: Option<Duration>,
    /// Overrides the database's own.
    pub statement_timeout: Option<Duration>,
}

/// A string and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The string.
    pub value: String,
    /// The string's place in its file, quotes included.
    pub place: Place,
}

impl Config {
    /// Reads `source`, the config of app `app`.
    ///
    /// # Errors
    /// Every mistake in the file, each with its line and what to write instead.
    pub fn parse(app: &str, source: &Source) -> Result<Config, Problems> {
        let (document, mut reader) = Reader::open(source)?;
        let mut root = Table::of(document.get_ref(), "the file");
        let mut databases = Vec::new();
        for entry in root.tables(&mut reader, "databases") {
            databases.push(database(app, entry, &mut reader));
        }
        if databases.is_empty() && !reader.found_problems() {
            reader
                .problem("no-databases", "no database is configured", 0..0)
                .help("add one, such as:\n[databases.core]");
        }
        refuse_nested_paths(&databases, &mut reader);
        let names: Vec<&str> = databases.iter().map(|d| d.name.as_str()).collect();
        let mut environments = BTreeMap::new();
        for entry in root.tables(&mut reader, "environments") {
            let name = entry.name.clone();
            environments.insert(name, environment(&names, entry, &mut reader));
        }
        let placeholders = root.strings(&mut reader, "placeholders", placeholder_name);
        root.finish(&mut reader);
        let config = Config {
            databases,
            environments,
            placeholders,
            source: source.clone(),
        };
        reader.finish().or_ok(config)
    }

    /// The environments that the file names, and `dev`.
    pub fn environment_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.environments.keys().map(String::as_str).collect();
        if !names.contains(&DEV) {
            names.insert(0, DEV);
        }
        names
    }
}

fn database(app: &str, mut entry: read::Entry<'_>, reader: &mut Reader) -> DatabaseConfig {
    let name = entry.name.clone();
    let place = entry.place.clone();
    reader.check_name("database", &name, &place);
    let table = &mut entry.table;
    let layout = table.one_of(reader, "layout", &[("single", ())]);
    let schema = table
        .identifier(reader, "schema")
        .unwrap_or_else(|| "public".to_owned());
    let schemas = table
        .identifiers(reader, "schemas")
        .unwrap_or_else(|| vec![schema.clone()]);
    let default_table = crate::history::default_name(app, &name);
    let history_table = match table.identifier(reader, "history_table") {
        Some(given) => given,
        None if default_table.len() <= MAX_IDENTIFIER_BYTES => default_table,
        None => {
            reader
                .problem_at("long-name", format!("the history table of `{name}` would be `{default_table}`, over {MAX_IDENTIFIER_BYTES} bytes"), place.clone())
                .help(format!("name it yourself: history_table = \"{name}_schema_history\""));
            String::new()
        }
    };
    let defaults = Limits::default();
    let config = DatabaseConfig {
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
        transaction: table
            .one_of(
                reader,
                "transaction",
                &[
                    ("migration", Granularity::Migration),
                    ("target", Granularity::Target),
                ],
            )
            .unwrap_or(Granularity::Migration),
        limits: Limits {
            lock_timeout: table
                .duration(reader, "lock_timeout")
                .unwrap_or(defaults.lock_timeout),
            statement_timeout: table
                .duration(reader, "statement_timeout")
                .unwrap_or(defaults.statement_timeout),
        },
        name,
        schema,
        schemas,
        history_table,
        place,
    };
    let _: Option<()> = layout;
    entry.table.finish(reader);
    config
}

fn environment(
    databases: &[&str],
    mut entry: read::Entry<'_>,
    reader: &mut Reader,
) -> EnvironmentConfig {
    let mut locations = EnvironmentConfig::new();
    for mut item in entry.table.rest(reader) {
        if !databases.contains(&item.name.as_str()) {
            reader
                .problem_at(
                    "unknown-database",
                    crate::problem::unknown_name("database", &item.name, databases.iter().copied()),
                    item.place.clone(),
                )
                .help(format!("add [databases.{}] or correct the name", item.name));
        }
        let location = Location {
            url: item.table.text(reader, "url"),
            direct_url: item.table.text(reader, "direct_url"),
            lock_timeout: item.table.duration(reader, "lock_timeout"),
            statement_timeout: item.table.duration(reader, "statement_timeout"),
        };
        if location.url.is_none() && location.direct_url.is_some() {
            reader
                .problem_at(
                    "missing-url",
                    format!("`{}` has a direct_url and no url", item.name),
                    item.place.clone(),
                )
                .help("`url` is where it lives; `direct_url` is only the way around a pooler");
        }
        item.table.finish(reader);
        locations.insert(item.name, location);
    }
    locations
}

/// Directories are read with all that is below them: one within another would lend it its migrations.
fn refuse_nested_paths(databases: &[DatabaseConfig], reader: &mut Reader) {
    for outer in databases {
        let below = format!("{}/", outer.path);
        for inner in databases
            .iter()
            .filter(|inner| inner.path.starts_with(&below))
        {
            let message = format!(
                "the migrations of `{}` ({}) are below those of `{}` ({})",
                inner.name, inner.path, outer.name, outer.path
            );
            reader
                .problem_at("nested-paths", message, inner.place.clone())
                .help("give each database a directory beside the other's");
        }
    }
}

/// What may stand between `${` and `}`.
fn placeholder_name(name: &str) -> Result<(), String> {
    if matches!(name, "tenant" | "schema") {
        return Err(format!("`{name}` is a placeholder of ours"));
    }
    let ok = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if ok {
        Ok(())
    } else {
        Err(format!(
            "`{name}` is not a placeholder's name (letters, digits and `_`)"
        ))
    }
}

#[cfg(test)]
mod tests;
