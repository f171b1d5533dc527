//! An app: its config and its migrations, read from disk or embedded in its binary.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use crate::config::{Config, DatabaseConfig, Layout};
use crate::migration::{self, File, Malformed, Migration};
use crate::prepare::tenant::Allowed;
use crate::problem::{Place, Problem, Problems, Source, unknown_name};
use crate::track::{SeriesName, Track};

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
    /// Its series, in the order of the config; of one database, the global track first.
    pub series: Vec<Arc<Series>>,
}

/// Migrations in an order, with one history a target: a database of an app, or one track of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The app's name.
    pub app: String,
    /// `[databases.<name>]`.
    pub config: Arc<DatabaseConfig>,
    /// Which track of the database it is, where there are tracks.
    pub track: Option<Track>,
    /// Where its files are, for messages.
    pub directory: String,
    /// Its migrations, sorted by version.
    pub migrations: Vec<Arc<Migration>>,
    /// Misnamed files, duplicate versions and the like: while there are any, nothing runs here.
    pub problems: Vec<Malformed>,
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
        let mut series = Vec::new();
        let mut problems = Problems::default();
        for database in &config.databases {
            let files =
                read_directory(&directory.join(&database.path), &join(path, &database.path));
            if let Some(files) = problems.take(files.map_err(|p| p.at(database.place.clone()))) {
                series.extend(Series::of(name, path, database, files));
            }
        }
        problems.or_ok(App {
            name: name.to_owned(),
            path: path.to_owned(),
            config,
            series,
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
        let files = embedded
            .files
            .iter()
            .map(|(path, bytes)| File {
                path: join(embedded.path, path),
                bytes: bytes.to_vec(),
            })
            .collect();
        Ok(App::from_files(embedded.name, embedded.path, config, files))
    }

    /// The app in the directory `path` that `config` and `files` make; the files' paths begin with `path`.
    ///
    /// Files below none of its databases' directories are left alone.
    pub fn from_files(name: &str, path: &str, config: Config, files: Vec<File>) -> App {
        let mut rest = files;
        let mut series = Vec::new();
        for database in &config.databases {
            let below = format!("{}/", join(path, &database.path));
            let (own, others) = rest
                .into_iter()
                .partition(|file| file.path.starts_with(&below));
            series.extend(Series::of(name, path, database, own));
            rest = others;
        }
        App {
            name: name.to_owned(),
            path: path.to_owned(),
            config,
            series,
        }
    }

    /// The config of the database called `name`.
    ///
    /// # Errors
    /// `unknown-database`, with the nearest name.
    pub fn database(&self, name: &str) -> Result<&Arc<DatabaseConfig>, Problem> {
        self.config
            .databases
            .iter()
            .find(|d| d.name == name)
            .ok_or_else(|| {
                let names = self.config.databases.iter().map(|d| d.name.as_str());
                Problem::usage(
                    "unknown-database",
                    format!("{} of {}", unknown_name("database", name, names), self.name),
                )
            })
    }

    /// The series of the database called `name`, in the order that they run.
    pub fn series_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Arc<Series>> {
        self.series.iter().filter(move |s| s.config.name == name)
    }
}

impl Series {
    /// The series of one database, whose files lie in the app's directory `path`.
    ///
    /// Where tenants share a database it has a track for each directory `global` and `tenant`; without these, all
    /// files are the tenants'.
    fn of(app: &str, path: &str, config: &Arc<DatabaseConfig>, files: Vec<File>) -> Vec<Arc<Self>> {
        let directory = join(path, &config.path);
        let new = |track, below: &str, files: &[File]| {
            let (migrations, problems) = migration::load(files);
            Series {
                app: app.to_owned(),
                config: Arc::clone(config),
                track,
                directory: join(&directory, below),
                migrations,
                problems: problems.into_iter().map(Malformed).collect(),
            }
        };
        if config.layout != Layout::SchemaPerTenant {
            return vec![Arc::new(new(None, "", &files))];
        }
        let track_of = |file: &File| {
            let below = file.path.strip_prefix(&directory)?.strip_prefix('/')?;
            Track::of(below.split_once('/')?.0)
        };
        let (mut global, mut tenant, mut stray) = (Vec::new(), Vec::new(), Vec::new());
        for file in files {
            match track_of(&file) {
                Some(Track::Global) => global.push(file),
                Some(Track::Tenant) => tenant.push(file),
                None => stray.push(file),
            }
        }
        if global.is_empty() && tenant.is_empty() {
            return vec![Arc::new(new(Some(Track::Tenant), "", &stray))];
        }
        let mut tenants = new(Some(Track::Tenant), Track::Tenant.word(), &tenant);
        // Loaded only to tell migrations from a README.
        let (outside, misnamed) = migration::load(&stray);
        let homeless = outside.iter().map(|m| without_track(m, &directory));
        tenants
            .problems
            .extend(homeless.chain(misnamed).map(Malformed));
        let mut series = vec![Arc::new(tenants)];
        if !global.is_empty() {
            series.insert(
                0,
                Arc::new(new(Some(Track::Global), Track::Global.word(), &global)),
            );
        }
        series
    }

    /// What others call it.
    pub fn name(&self) -> SeriesName {
        SeriesName {
            app: self.app.clone(),
            database: self.config.name.clone(),
            track: self.track,
        }
    }

    /// Whether it has a target for each tenant or shard, so that their number is only known once somebody was asked.
    pub fn is_fleet(&self) -> bool {
        match self.config.layout {
            Layout::Single => false,
            Layout::SchemaPerTenant => self.track == Some(Track::Tenant),
            Layout::DatabasePerTenant | Layout::Sharded => true,
        }
    }

    /// Whether it is the global track of the database whose tenants' track is `other`.
    pub fn comes_before(&self, other: &Series) -> bool {
        self.track == Some(Track::Global)
            && other.track == Some(Track::Tenant)
            && self.app == other.app
            && self.config.name == other.config.name
    }

    /// The schemas that its migrations may name, if they run in each tenant's schema.
    pub fn allowed_schemas(&self) -> Option<Allowed> {
        (self.track == Some(Track::Tenant)).then(|| Allowed::of(&self.config))
    }

    /// `app1/core`, `app3/workspaces/tenant`: how other apps and messages call it.
    pub fn label(&self) -> String {
        self.name().to_string()
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

fn without_track(migration: &Migration, directory: &str) -> Problem {
    Problem::verification(
        "no-track",
        format!("{} belongs to no track", migration.label()),
    )
    .at(migration.source.place(0..0))
    .help(format!(
        "move it to {directory}/global (once per database) or {directory}/tenant (once per tenant)"
    ))
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
    match (directory, file) {
        ("", only) | (only, "") => only.to_owned(),
        _ => format!("{directory}/{file}"),
    }
}

#[cfg(test)]
mod tests;
