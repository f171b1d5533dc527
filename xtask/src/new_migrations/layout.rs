//! Which apps a commit has, where, and with which config.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use migrations_common::app::{App, CONFIG_FILE};
use migrations_common::config::Config;
use migrations_common::migration::File;
use migrations_common::problem::Source;
use migrations_common::{Place, Problem, Problems};

use super::members::{Members, normal, package_name};
use super::texts::Texts;
use super::tree::{MANIFEST, Tree};
use crate::git::Blob;
use crate::workspace::Workspace;

/// An app without its migrations.
#[derive(Debug)]
pub(super) struct Head {
    /// The crate's name.
    pub(super) name: String,
    /// Its directory relative to the workspace.
    pub(super) path: String,
    pub(super) config: Config,
}

/// The apps of a commit, sorted by name.
pub(super) type Layout = Vec<Arc<Head>>;

/// Reads the layouts of `trees`, which were read together, each with the words that messages call it.
pub(super) fn read(
    texts: &mut Texts<'_>,
    workspace: &Workspace,
    trees: &[(&str, &Tree)],
    warnings: &mut Vec<Problem>,
) -> Result<Vec<Layout>, Problem> {
    let mut blobs = Vec::new();
    for (_, tree) in trees {
        blobs.extend(tree.get(MANIFEST));
        for config in tree.configs() {
            blobs.extend(
                tree.get(config)
                    .into_iter()
                    .chain(tree.get(&manifest_beside(config))),
            );
        }
    }
    texts.read(blobs)?;
    let mut reader = Reader::new(texts, workspace, warnings);
    let mut layouts: Vec<Layout> = Vec::with_capacity(trees.len());
    for (label, tree) in trees {
        let layout = match layouts.first() {
            Some(first) if tree.has_the_apps_of_the_first() => first.clone(),
            _ => reader.layout(label, tree),
        };
        layouts.push(layout);
    }
    Ok(layouts)
}

impl Head {
    /// Of an app of the working tree.
    pub(super) fn of(app: &App) -> Head {
        Head {
            name: app.name.clone(),
            path: app.path.clone(),
            config: app.config.clone(),
        }
    }

    /// The app's files of migrations in `tree`: as the app's paths call them, and what they are.
    pub(super) fn files<'t>(&self, tree: &'t Tree) -> Vec<(String, &'t Blob)> {
        let mut files = Vec::new();
        for database in &self.config.databases {
            let called = join(&self.path, &database.path);
            let directory = normal(&called);
            for (path, blob) in tree.below(&directory) {
                let below = path.get(directory.len()..).unwrap_or_default();
                files.push((format!("{called}{below}"), blob));
            }
        }
        files
    }

    /// The app with its migrations' names and versions, but without their texts.
    pub(super) fn outline(&self, tree: &Tree) -> App {
        let file = |(path, _)| File {
            path,
            bytes: Vec::new(),
        };
        let files = self.files(tree).into_iter().map(file).collect();
        App::from_files(&self.name, &self.path, self.config.clone(), files)
    }

    /// The app with the texts that were read, and what could not be.
    pub(super) fn app(&self, tree: &Tree, texts: &Texts<'_>, label: &str) -> (App, Vec<Problem>) {
        let mut files = Vec::new();
        let mut problems = Vec::new();
        for (path, blob) in self.files(tree) {
            match texts.get(blob) {
                Some(bytes) => files.push(File {
                    path,
                    bytes: bytes.to_vec(),
                }),
                None => problems.push(unreadable(&path, blob, label)),
            }
        }
        (
            App::from_files(&self.name, &self.path, self.config.clone(), files),
            problems,
        )
    }
}

struct Reader<'a, 'g> {
    texts: &'a Texts<'g>,
    /// The apps of the working tree, by their directories.
    here: HashMap<&'a str, &'a App>,
    /// All their names, also of those that are broken.
    names: BTreeSet<&'a str>,
    /// Those that are equal in two commits are read once.
    known: HashMap<Key, Option<Arc<Head>>>,
    /// The names that manifests give, by their contents.
    packages: HashMap<Arc<str>, Option<String>>,
    warnings: &'a mut Vec<Problem>,
}

/// The directory of an app, and the contents of its config and its manifest.
type Key = (String, Arc<str>, Arc<str>);

impl<'a, 'g> Reader<'a, 'g> {
    fn new(texts: &'a Texts<'g>, workspace: &'a Workspace, warnings: &'a mut Vec<Problem>) -> Self {
        let apps = workspace.apps.iter();
        let broken = workspace.broken.iter().map(|(name, _)| name.as_str());
        Reader {
            texts,
            here: apps.clone().map(|app| (app.path.as_str(), app)).collect(),
            names: apps.map(|app| app.name.as_str()).chain(broken).collect(),
            known: HashMap::new(),
            packages: HashMap::new(),
            warnings,
        }
    }

    fn layout(&mut self, label: &str, tree: &Tree) -> Layout {
        let root = tree.get(MANIFEST).and_then(|blob| self.text(blob));
        let members = Members::of(root.unwrap_or_default());
        let (mut certain, mut moved) = (Layout::new(), Layout::new());
        for config in tree.configs() {
            let directory = config
                .strip_suffix(CONFIG_FILE)
                .unwrap_or(config)
                .trim_end_matches('/');
            let is_member = self.here.contains_key(directory) || members.contains(directory);
            let files = (tree.get(config), tree.get(&manifest_beside(config)));
            let (Some(config), Some(manifest)) = files else {
                continue;
            };
            let Some(name) = self.name_of(manifest) else {
                continue;
            };
            if is_member {
                certain.extend(self.head(label, name, directory, config, manifest));
            } else if self.names.contains(name.as_str()) {
                // A member by a path dependency alone, elsewhere than it is now.
                moved.extend(self.head(label, name, directory, config, manifest));
            }
        }
        // The sort is stable: of two with one name the member stays.
        certain.append(&mut moved);
        certain.sort_by(|a, b| a.name.cmp(&b.name));
        certain.dedup_by(|a, b| a.name == b.name);
        certain
    }

    fn head(
        &mut self,
        label: &str,
        name: String,
        directory: &str,
        config: &Blob,
        manifest: &Blob,
    ) -> Option<Arc<Head>> {
        let key = (
            directory.to_owned(),
            Arc::clone(&config.id),
            Arc::clone(&manifest.id),
        );
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let head = self.read_head(label, name, directory, config).map(Arc::new);
        self.known.insert(key, head.clone());
        head
    }

    fn read_head(
        &mut self,
        label: &str,
        name: String,
        directory: &str,
        config: &Blob,
    ) -> Option<Head> {
        let path = join(directory, CONFIG_FILE);
        let parsed = match self.text(config) {
            Some(text) => Config::parse(&name, &Source::new(path.as_str(), text)),
            None => Err(unreadable(&path, config, label).into()),
        };
        let config = parsed.or_else(|problems| {
            let here = self.here.get(directory);
            self.warnings
                .push(broken(&name, &path, label, problems, here.is_some()));
            here.map(|app| app.config.clone()).ok_or(())
        });
        Some(Head {
            name,
            path: directory.to_owned(),
            config: config.ok()?,
        })
    }

    fn name_of(&mut self, manifest: &Blob) -> Option<String> {
        if let Some(known) = self.packages.get(&manifest.id) {
            return known.clone();
        }
        let name = self.text(manifest).and_then(package_name);
        self.packages.insert(Arc::clone(&manifest.id), name.clone());
        name
    }

    fn text(&self, blob: &Blob) -> Option<&'a str> {
        std::str::from_utf8(self.texts.get(blob)?).ok()
    }
}

fn manifest_beside(config: &str) -> String {
    let directory = config.strip_suffix(CONFIG_FILE).unwrap_or(config);
    format!("{directory}{MANIFEST}")
}

/// Shows the first of `problems`; the rest is for the branch's own check.
fn broken(app: &str, path: &str, label: &str, problems: Problems, is_here: bool) -> Problem {
    let count = problems.0.len();
    let mut problem = Problem::config(
        "broken-config-at-ref",
        format!("{path} of {label} cannot be read"),
    );
    if let Some(first) = problems.0.into_iter().next() {
        problem.places.extend(first.places.iter().cloned());
        let more = count.saturating_sub(1);
        let more = if more == 0 {
            String::new()
        } else {
            format!(" (and {more} more)")
        };
        problem = problem.note(format!("{}{more}", first.message));
    }
    problem.note(if is_here {
        format!("the working tree's {CONFIG_FILE} is taken in its place")
    } else {
        format!("{app} is left out there")
    })
}

pub(super) fn unreadable(path: &str, blob: &Blob, label: &str) -> Problem {
    let why = if blob.is_link {
        "is a symbolic link, which is not followed in a commit"
    } else {
        "is not UTF-8, too large to read (over 16 MiB, or 256 MiB with others), or missing in this clone"
    };
    Problem::config("unreadable-at-ref", format!("{path} of {label} {why}"))
        .at(Place::file(path))
        .note("it is left out")
}

fn join(directory: &str, file: &str) -> String {
    if directory.is_empty() {
        file.to_owned()
    } else {
        format!("{directory}/{file}")
    }
}
