//! The workspace: cargo's word for its members, and which of them are apps.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};
use migrations_common::app::{App, CONFIG_FILE};
use migrations_common::{Place, Problem, Problems};
use rayon::prelude::*;

/// What was discovered.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// The workspace's directory.
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target_directory: PathBuf,
    /// The apps that are sound, sorted by name.
    pub(crate) apps: Vec<App>,
    /// The others, and what is wrong with each.
    pub(crate) broken: Vec<(String, Problems)>,
    /// Members that look like apps and are none.
    pub(crate) warnings: Vec<Problem>,
    /// Whether changes of a shared table that were proved to commute only warn.
    pub(crate) commuting_warns: bool,
}

/// The section of the workspace's Cargo.toml that is ours: `[workspace.metadata.migrations]`.
#[derive(Debug, Default)]
struct Settings {
    /// Members whose `migrations/` directory is not ours.
    ignore: Vec<String>,
    /// `commuting = "warn"`: two changes of a shared table that were proved to commute pass `check` with a warning.
    commuting_warns: bool,
}

/// A member that has to do with migrations.
enum Member {
    App(Result<Box<App>, Problems>),
    /// It looks like an app and is none.
    Unregistered(Box<Problem>),
}

impl Workspace {
    /// Discovers the workspace of `manifest_path`, or of the current directory.
    ///
    /// Only cargo is asked: no list of apps is kept anywhere that could rot.
    pub(crate) fn discover(manifest_path: Option<&Path>) -> Result<Workspace, Problems> {
        let mut command = MetadataCommand::new();
        command.no_deps();
        if let Some(path) = manifest_path {
            if !path.is_file() {
                let message = format!("--manifest-path: there is no file {}", path.display());
                return Err(Problem::usage("no-manifest", message).into());
            }
            command.manifest_path(path);
        }
        let metadata = command.exec().map_err(|error| {
            Problem::config(
                "cargo-metadata",
                format!("cargo metadata failed: {}", error.to_string().trim()),
            )
            .help("run it in a cargo workspace, or name one with --manifest-path")
        })?;
        let settings = Settings::of(&metadata)?;
        let mut workspace = Workspace {
            root: metadata.workspace_root.clone().into(),
            target_directory: metadata.target_directory.clone().into(),
            apps: Vec::new(),
            broken: Vec::new(),
            warnings: Vec::new(),
            commuting_warns: settings.commuting_warns,
        };
        let mut members: Vec<&Package> = metadata.workspace_packages();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        // Thousands of files: read side by side, told in the order of the members.
        let read: Vec<Option<Member>> = members
            .par_iter()
            .map(|member| workspace.read(member, &settings))
            .collect();
        for (member, read) in members.iter().zip(read) {
            match read {
                Some(Member::App(Ok(app))) => workspace.apps.push(*app),
                Some(Member::App(Err(problems))) => {
                    workspace.broken.push((member.name.to_string(), problems));
                }
                Some(Member::Unregistered(problem)) => workspace.warnings.push(*problem),
                None => {}
            }
        }
        workspace.refuse_links(&members);
        Ok(workspace)
    }

    /// What a member is to us; none if nothing.
    fn read(&self, member: &Package, settings: &Settings) -> Option<Member> {
        let directory = member.manifest_path.parent()?.as_std_path();
        let path = self.relative(directory);
        if directory.join(CONFIG_FILE).is_file() {
            let app = App::from_disk(&member.name, &path, directory);
            return Some(Member::App(app.map(Box::new)));
        }
        let is_ignored = (settings.ignore.iter()).any(|name| name == member.name.as_str());
        if is_ignored || !directory.join("migrations").is_dir() {
            return None;
        }
        let problem = Problem::config(
            "unregistered-migrations",
            format!("{} has a migrations/ directory and no {CONFIG_FILE}: nothing runs it", member.name),
        )
        .at(Place::file(format!("{path}/migrations")))
        .help(format!("write {path}/{CONFIG_FILE}, such as:\n[databases.core]"))
        .help(format!(
            "or, if it is not for us, in the workspace's Cargo.toml:\n[workspace.metadata.migrations]\nignore = [\"{}\"]",
            member.name
        ));
        Some(Member::Unregistered(Box::new(problem)))
    }

    /// Two apps that reach one file through a link would run each other's migrations.
    fn refuse_links(&mut self, members: &[&Package]) {
        let mut seen: BTreeMap<PathBuf, String> = BTreeMap::new();
        let mut found = Vec::new();
        for app in &self.apps {
            let Some(member) = members
                .iter()
                .find(|member| member.name.as_str() == app.name)
            else {
                continue;
            };
            let Some(directory) = member.manifest_path.parent() else {
                continue;
            };
            let of_databases = app.config.databases.iter().map(|d| d.path.as_str());
            for below in std::iter::once(CONFIG_FILE).chain(of_databases) {
                let Ok(real) = directory.as_std_path().join(below).canonicalize() else {
                    continue;
                };
                if let Some(first) = seen
                    .insert(real, app.name.clone())
                    .filter(|first| *first != app.name)
                {
                    found.push((app.name.clone(), first, below.to_owned(), app.path.clone()));
                }
            }
        }
        for (name, first, below, path) in found {
            let problem = Problem::config(
                "shared-by-link",
                format!("{first} and {name} share {below} through a link"),
            )
            .at(Place::file(format!("{path}/{below}")))
            .help("each app owns its migrations: replace the link with files of its own");
            self.apps
                .retain(|app| app.name != name && app.name != first);
            for app in [name, first] {
                self.broken.push((app, Problems::from(problem.clone())));
            }
        }
    }

    /// `directory` as messages call it: relative to the workspace, with `/`.
    fn relative(&self, directory: &Path) -> String {
        let below = directory.strip_prefix(&self.root).unwrap_or(directory);
        let parts: Vec<_> = below
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        parts.join("/")
    }
}

impl Settings {
    fn of(metadata: &Metadata) -> Result<Settings, Problems> {
        let wrong = |what: &str| {
            Problem::config(
                "workspace-metadata",
                format!("[workspace.metadata.migrations]: {what}"),
            )
            .at(Place::file("Cargo.toml"))
        };
        let Some(table) = metadata.workspace_metadata.get("migrations") else {
            return Ok(Settings::default());
        };
        let Some(table) = table.as_object() else {
            return Err(wrong("this is no table").into());
        };
        let mut problems = Problems::default();
        let mut settings = Settings::default();
        for (key, value) in table {
            if key == "commuting" {
                match value.as_str() {
                    Some("warn") => settings.commuting_warns = true,
                    Some("error") => settings.commuting_warns = false,
                    _ => problems.push(wrong("`commuting` is \"warn\" or \"error\"")),
                }
                continue;
            }
            if key != "ignore" {
                problems.push(
                    wrong(&format!("unknown key `{key}`")).help("known here: commuting, ignore"),
                );
                continue;
            }
            for name in value.as_array().into_iter().flatten() {
                match name.as_str() {
                    Some(name) => settings.ignore.push(name.to_owned()),
                    None => problems.push(wrong("`ignore` is a list of crates' names")),
                }
            }
            if !value.is_array() {
                problems.push(wrong("`ignore` is a list of crates' names"));
            }
        }
        problems.or_ok(settings)
    }
}
