//! Everything as it stands at a commit: the apps with all their migrations, and the shared tables.

use std::path::Path;

use migrations_common::app::App;
use migrations_common::problem::Source;
use migrations_common::{Place, Problem, Problems};

use super::layout;
use super::texts::Texts;
use super::tree::Tree;
use crate::git::Git;
use crate::workspace::Workspace;

/// The directory of the shared tables' files: `<database>/<table>.sql`.
const SHARED_MODELS: &str = "shared-models";

/// A file of `shared-models/<database>/`.
#[derive(Clone, Debug)]
pub(crate) struct SharedModel {
    /// The shared database.
    pub(crate) database: String,
    pub(crate) source: Source,
}

/// All apps as they stand at `commit`, sorted by name. Nothing is checked out.
///
/// # Errors
/// An app whose config or files cannot be read there.
pub(crate) fn apps_at(
    git: &Git,
    workspace: &Workspace,
    commit: &str,
) -> Result<Vec<App>, Problems> {
    let mut problems = Problems::default();
    let tree = tree_of(git, commit, None)?;
    let mut texts = Texts::new(git);
    let layouts = layout::read(&mut texts, workspace, &[(commit, &tree)], &mut problems.0)?;
    let heads: Vec<_> = layouts.into_iter().flatten().collect();
    texts.read(
        heads
            .iter()
            .flat_map(|head| head.files(&tree))
            .map(|(_, blob)| blob),
    )?;
    let mut apps = Vec::new();
    for head in heads {
        let (app, unreadable) = head.app(&tree, &texts, commit);
        problems.0.extend(unreadable);
        apps.push(app);
    }
    problems.or_ok(apps)
}

/// The shared tables' files of the working tree, by database and name.
///
/// # Errors
/// What cannot be read.
pub(crate) fn shared_models(workspace: &Workspace) -> Result<Vec<SharedModel>, Problems> {
    let mut problems = Problems::default();
    let mut found = Vec::new();
    let directory = workspace.root.join(SHARED_MODELS);
    for database in problems
        .take(names(&directory, SHARED_MODELS))
        .unwrap_or_default()
    {
        let below = format!("{SHARED_MODELS}/{database}");
        let directory = directory.join(&database);
        if !directory.is_dir() {
            continue;
        }
        for name in problems.take(names(&directory, &below)).unwrap_or_default() {
            let path = format!("{below}/{name}");
            if shared_database(&path).is_none() {
                continue;
            }
            let bytes = std::fs::read(directory.join(&name));
            let bytes = bytes.map_err(|error| {
                Problem::config("unreadable", format!("cannot read {path}: {error}"))
            });
            if let Some(bytes) = problems.take(bytes) {
                found.extend(problems.take(model(&path, &bytes)));
            }
        }
    }
    problems.or_ok(found)
}

/// The same at `commit`.
///
/// # Errors
/// What cannot be read there.
pub(crate) fn shared_models_at(git: &Git, commit: &str) -> Result<Vec<SharedModel>, Problems> {
    let mut problems = Problems::default();
    let tree = tree_of(git, commit, Some(SHARED_MODELS))?;
    let files = tree.below(SHARED_MODELS);
    let files = files
        .into_iter()
        .filter(|(path, _)| shared_database(path).is_some());
    let files: Vec<_> = files.collect();
    let mut texts = Texts::new(git);
    texts.read(files.iter().map(|(_, blob)| *blob))?;
    let mut found = Vec::new();
    for (path, blob) in files {
        match texts.get(blob) {
            Some(bytes) => found.extend(problems.take(model(path, bytes))),
            None => problems.push(layout::unreadable(path, blob, commit)),
        }
    }
    problems.or_ok(found)
}

/// The files of `commit`; only those in the directory `below`, if it is given.
fn tree_of(git: &Git, commit: &str, below: Option<&str>) -> Result<Tree, Problem> {
    let id = git.objects(&[format!("{commit}^{{commit}}")])?.pop();
    let id = id
        .flatten()
        .ok_or_else(|| Problem::usage("unknown-ref", format!("there is no commit `{commit}`")))?;
    Tree::of(git, &id, below)
}

/// `core` of `shared-models/core/users.sql`.
fn shared_database(path: &str) -> Option<&str> {
    let (database, file) = path
        .strip_prefix(SHARED_MODELS)?
        .strip_prefix('/')?
        .split_once('/')?;
    (!file.contains('/') && file.strip_suffix(".sql").is_some()).then_some(database)
}

fn model(path: &str, bytes: &[u8]) -> Result<SharedModel, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Problem::config(
            "not-utf8",
            format!("not UTF-8 at byte {}", error.valid_up_to()),
        )
        .at(Place::file(path))
        .help("save the file as UTF-8")
    })?;
    Ok(SharedModel {
        database: shared_database(path).unwrap_or_default().to_owned(),
        source: Source::new(path, text),
    })
}

/// The names in a directory, sorted; none if it is not there.
fn names(directory: &Path, path: &str) -> Result<Vec<String>, Problem> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |error: std::io::Error| {
        Problem::config("unreadable", format!("cannot read {path}: {error}"))
    };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        names.extend(name.into_string().ok());
    }
    names.sort();
    Ok(names)
}
