//! An app: its config and its migrations, read from disk or embedded in its binary.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use crate::config::{Config, DatabaseConfig};
use crate::migration::{self, File, Migration};
use crate::problem::{Place, Problem, Problems, Source, unknown_name};

/// The file that makes a workspace member an app.
pub const CONFIG_FILE: &str = "migrations.toml";

/// An app with everything its files say.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// The crate's name.
    pub name: String,
    /// Its directory relative to the workspace, with `/`.
    pub path: String,
    /// Its `migrations.toml`.
    pub config: Config,
    /// Its databases, in the order of the config.
    pub databases: Vec<Arc<Database>>,
}

/// A database of an app: its config and its migrations.
#[derive(Clone, Debug, PartialEq)]
pub struct Database {
    /// The app's name.
    pub app: String,
    /// `[databases.<name>]`.
    pub config: DatabaseConfig,
    /// Its migrations, sorted by version.
    pub migrations: Vec<Arc<Migration>>,
    /// Misnamed files, duplicate versions and the like: while there are any, nothing runs here.
    pub problems: Vec<migration::Malformed>,
}

/// What an app's `lib.rs` embeds; made by its build script.
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    /// The crate's name.
    pub name: &'static str,
    /// Its directory relative to the workspace, with `/`.
    pub path: &'static str,
    /// Paths relative to the app, with `/`, and contents: `migrations.toml` and everything below its directories of migrations.
    pub files: &'static [(&'static str, &'static [u8])],
}

/// What the app's build script embedded, as an [`Embedded`](crate::app::Embedded); see the crate `migrations-embed`.
#[macro_export]
macro_rules! embedded_app {
    () => {
        include!(concat!(env!("OUT_DIR"), "/embedded_app.rs"))
    };
}

impl App {
    /// Reads the app in `directory`; `path` is how messages call that directory.
    ///
    /// # Errors
    /// All mistakes of its config, or what could not be read.
    pub fn from_disk(name: &str, path: &str, directory: &Path) -> Result<App, Problems> {
        let config_path = directory.join(CONFIG_FILE);
        let bytes = std::fs::read(&config_path)
            .map_err(|error| unreadable(&join(path, CONFIG_FILE), &error))?;
        let config = parse_config(name, path, &bytes)?;
        let mut databases = Vec::new();
        let mut problems = Problems::default();
        for database in &config.databases {
            let files =
                read_directory(&directory.join(&database.path), &join(path, &database.path));
            if let Some(files) = problems.take(files.map_err(|p| p.at(database.place.clone()))) {
                databases.push(Arc::new(Database::new(name, database.clone(), &files)));
            }
        }
        problems.or_ok(App {
            name: name.to_owned(),
            path: path.to_owned(),
            config,
            databases,
        })
    }

    /// The app that `embedded` holds.
    ///
    /// # Errors
    /// All mistakes of its config.
    pub fn embedded(embedded: &Embedded) -> Result<App, Problems> {
        let find = |wanted: &str| {
            embedded
                .files
                .iter()
                .find(|(path, _)| *path == wanted)
                .map(|(_, bytes)| *bytes)
        };
        let bytes = find(CONFIG_FILE).ok_or_else(|| {
            Problem::config(
                "no-config",
                format!("{CONFIG_FILE} was not embedded in `{}`", embedded.name),
            )
            .help("call `migrations_embed::app()` in its build.rs")
        })?;
        let config = parse_config(embedded.name, embedded.path, bytes)?;
        let databases = config
            .databases
            .iter()
            .map(|database| {
                let below = format!("{}/", database.path);
                let files: Vec<File> = embedded
                    .files
                    .iter()
                    .filter(|(path, _)| path.starts_with(&below))
                    .map(|(path, bytes)| File {
                        path: join(embedded.path, path),
                        bytes: bytes.to_vec(),
                    })
                    .collect();
                Arc::new(Database::new(embedded.name, database.clone(), &files))
            })
            .collect();
        Ok(App {
            name: embedded.name.to_owned(),
            path: embedded.path.to_owned(),
            config,
            databases,
        })
    }

    /// The database called `name`.
    ///
    /// # Errors
    /// `unknown-database`, with the nearest name.
    pub fn database(&self, name: &str) -> Result<&Arc<Database>, Problem> {
        self.databases
            .iter()
            .find(|d| d.config.name == name)
            .ok_or_else(|| {
                let names = self.databases.iter().map(|d| d.config.name.as_str());
                Problem::usage(
                    "unknown-database",
                    format!("{} of {}", unknown_name("database", name, names), self.name),
                )
            })
    }
}

impl Database {
    fn new(app: &str, config: DatabaseConfig, files: &[File]) -> Self {
        let (migrations, problems) = migration::load(files);
        let problems = problems.into_iter().map(migration::Malformed).collect();
        Database {
            app: app.to_owned(),
            config,
            migrations,
            problems,
        }
    }

    /// `app1/core`: how other apps and messages call it.
    pub fn label(&self) -> String {
        format!("{}/{}", self.app, self.config.name)
    }

    /// Where its migrations are, for messages.
    pub fn directory(&self) -> String {
        let file = self.config.place.path.as_str();
        let app = file.rsplit_once('/').map_or("", |(app, _)| app);
        join(app, &self.config.path)
    }

    /// The migration of `version`.
    ///
    /// # Errors
    /// `unknown-version`, with what there is.
    pub fn migration(&self, version: migration::Version) -> Result<&Arc<Migration>, Problem> {
        migration::find(&self.migrations, version).ok_or_else(|| {
            let range = match (self.migrations.first(), self.migrations.last()) {
                (Some(first), Some(last)) => format!(
                    "its versions go from V{} to V{}",
                    first.version, last.version
                ),
                _ => "it has no migrations".to_owned(),
            };
            Problem::usage(
                "unknown-version",
                format!("{} has no version {version}; {range}", self.label()),
            )
        })
    }
}

fn parse_config(app: &str, path: &str, bytes: &[u8]) -> Result<Config, Problems> {
    let path = join(path, CONFIG_FILE);
    match std::str::from_utf8(bytes) {
        Ok(text) => Config::parse(app, &Source::new(path, text)),
        Err(error) => Err(Problem::config(
            "not-utf8",
            format!("not UTF-8 at byte {}", error.valid_up_to()),
        )
        .at(Place::file(path))
        .help("save the file as UTF-8")
        .into()),
    }
}

/// All files below `directory`, in the order of their names.
fn read_directory(directory: &Path, path: &str) -> Result<Vec<File>, Problem> {
    if !directory.is_dir() {
        return Err(Problem::config(
            "no-migrations-directory",
            format!("there is no directory {path}"),
        )
        .help(format!("mkdir -p {path}, or set `path` under the database")));
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(directory)
        .follow_links(true)
        .sort_by_file_name()
    {
        let entry = entry.map_err(|error| {
            let at = error.path().map(PathBuf::from).unwrap_or_default();
            Problem::config(
                "unreadable",
                format!("cannot read {}: {error}", at.display()),
            )
        })?;
        if !entry.file_type().is_file() {
            continue;
        }
        let below = entry.path().strip_prefix(directory).unwrap_or(entry.path());
        let parts: Vec<_> = below
            .components()
            .map(|c| c.as_os_str().to_string_lossy())
            .collect();
        let path = join(path, &parts.join("/"));
        let bytes = std::fs::read(entry.path()).map_err(|error| unreadable(&path, &error))?;
        files.push(File { path, bytes });
    }
    Ok(files)
}

fn unreadable(path: &str, error: &std::io::Error) -> Problem {
    Problem::config("unreadable", format!("cannot read {path}: {error}"))
}

fn join(directory: &str, file: &str) -> String {
    if directory.is_empty() {
        file.to_owned()
    } else {
        format!("{directory}/{file}")
    }
}
