//! `migrations.toml`: what an app's databases are and where they live. All mistakes are reported at once.

mod database;
mod duration;
mod environment;
mod interpolate;
mod read;
mod tenants;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub use duration::parse as parse_duration;
pub use interpolate::interpolate;
pub use tenants::{Listed, TenantSource};

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
    pub databases: Vec<Arc<DatabaseConfig>>,
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
    /// How it expands into targets.
    pub layout: Layout,
    /// The shared database that it is, if several apps meet in it.
    pub shared: Option<String>,
    /// Directory of its migrations, relative to the app's.
    pub path: String,
    /// Where its history table lives and unqualified names go.
    pub schema: String,
    /// All schemas that belong to it.
    pub schemas: Vec<String>,
    /// Schemas searched after `schema`, or after the tenant's.
    pub search_path: Vec<String>,
    /// Name of the history table.
    pub history_table: String,
    /// Width of the version column when we make the history table.
    pub history_version: VersionWidth,
    /// How many migrations share a transaction.
    pub transaction: Granularity,
    /// Timeouts in force while its migrations run.
    pub limits: Limits,
    /// Where its tenants or shards are listed, unless the environment says so.
    pub tenants: Option<TenantSource>,
    /// SQL that makes a tenant known to the application, with `${tenant}`.
    pub register: Option<Text>,
    /// Connections to its server at a time, over all databases there.
    pub max_connections: u32,
    /// Schemas in one database from which on a run warns.
    pub many_schemas: u32,
    /// Where the name stands in the file.
    pub place: Place,
}

/// How a database expands into targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// One target.
    Single,
    /// One database, in it a schema for each tenant.
    SchemaPerTenant,
    /// A database for each tenant.
    DatabasePerTenant,
    /// Several databases that hold slices of the data, and stay at one version.
    Sharded,
}

/// Width of the history table's version column; refinery's feature `int8-versions` decides it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// As many of a target as may share one.
    Target,
    /// All of all tenants in a database.
    Database,
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
    /// Connection URLs of shards or tenants, before `${…}` is replaced.
    pub urls: Option<Vec<Text>>,
    /// Overrides the database's own.
    pub tenants: Option<TenantSource>,
    /// Overrides the database's own.
    pub max_connections: Option<u32>,
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

impl Layout {
    /// The word in `migrations.toml` and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Layout::Single => "single",
            Layout::SchemaPerTenant => "schema-per-tenant",
            Layout::DatabasePerTenant => "database-per-tenant",
            Layout::Sharded => "sharded",
        }
    }
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
            databases.push(Arc::new(database::read(app, entry, &mut reader)));
        }
        if databases.is_empty() && !reader.found_problems() {
            reader
                .problem("no-databases", "no database is configured", 0..0)
                .help("add one, such as:\n[databases.core]");
        }
        refuse_nested_paths(&databases, &mut reader);
        let mut environments = BTreeMap::new();
        for entry in root.tables(&mut reader, "environments") {
            let name = entry.name.clone();
            environments.insert(name, environment::read(&databases, entry, &mut reader));
        }
        let of_databases = databases.iter().filter_map(|one| one.tenants.as_ref());
        let of_environments = environments
            .values()
            .flat_map(BTreeMap::values)
            .filter_map(|location: &Location| location.tenants.as_ref());
        let sources = of_databases.chain(of_environments);
        database::refuse_unknown_on(sources, &databases, &mut reader);
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

/// Directories are read with all that is below them: one within another would lend it its migrations.
fn refuse_nested_paths(databases: &[Arc<DatabaseConfig>], reader: &mut Reader) {
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
