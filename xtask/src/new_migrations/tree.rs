//! The files of a commit that say which migrations there are, by path relative to the workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use migrations_common::Problem;
use migrations_common::app::CONFIG_FILE;

use crate::git::{Blob, Git};

/// The manifest of a crate.
pub(super) const MANIFEST: &str = "Cargo.toml";

/// The files of one commit, as what differs from another's.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    whole: Arc<Whole>,
    changes: BTreeMap<String, Option<Blob>>,
}

/// The commit that others are told by.
#[derive(Debug, Default)]
struct Whole {
    files: BTreeMap<String, Blob>,
    /// The paths of all `migrations.toml` among them.
    configs: BTreeSet<String>,
}

/// Reads the trees of `commits`, in their order, in two calls of git. The first is read as a whole, the others by what
/// differs, so the first should be near to most.
pub(super) fn read(git: &Git, commits: &[String]) -> Result<Vec<Tree>, Problem> {
    let Some((first, others)) = commits.split_first() else {
        return Ok(Vec::new());
    };
    let tree = Tree::of(git, first, None)?;
    let whole = Arc::clone(&tree.whole);
    let mut trees = vec![tree];
    for changes in git.changes(first, others, matters)? {
        let changes = changes
            .into_iter()
            .map(|change| (text(change.path), change.now));
        trees.push(Tree {
            whole: Arc::clone(&whole),
            changes: changes.collect(),
        });
    }
    Ok(trees)
}

impl Tree {
    /// Of `commit`; only what lies in the directory `below`, if it is given.
    pub(super) fn of(git: &Git, commit: &str, below: Option<&str>) -> Result<Tree, Problem> {
        let mut whole = Whole::default();
        for entry in git.files(commit, below, matters)? {
            let path = text(entry.path);
            if is_config(&path) {
                whole.configs.insert(path.clone());
            }
            whole.files.insert(path, entry.blob);
        }
        Ok(Tree {
            whole: Arc::new(whole),
            changes: BTreeMap::new(),
        })
    }

    /// The file `path`.
    pub(super) fn get(&self, path: &str) -> Option<&Blob> {
        match self.changes.get(path) {
            Some(now) => now.as_ref(),
            None => self.whole.files.get(path),
        }
    }

    /// The files below `directory`, sorted by path; all, if it is empty.
    pub(super) fn below<'a>(&'a self, directory: &str) -> BTreeMap<&'a str, &'a Blob> {
        let mut found: BTreeMap<&str, &Blob> = range(&self.whole.files, directory)
            .map(|(path, blob)| (path.as_str(), blob))
            .collect();
        for (path, now) in range(&self.changes, directory) {
            match now {
                Some(blob) => found.insert(path, blob),
                None => found.remove(path.as_str()),
            };
        }
        found
    }

    /// The paths of all `migrations.toml`.
    pub(super) fn configs(&self) -> BTreeSet<&str> {
        let mut found: BTreeSet<&str> = self.whole.configs.iter().map(String::as_str).collect();
        for (path, now) in self.changes.iter().filter(|(path, _)| is_config(path)) {
            match now {
                Some(_) => found.insert(path),
                None => found.remove(path.as_str()),
            };
        }
        found
    }

    /// Whether its apps are those of the first tree that was read with it.
    pub(super) fn has_the_apps_of_the_first(&self) -> bool {
        let is_manifest = |path: &str| path.rsplit('/').next() == Some(MANIFEST);
        !self
            .changes
            .keys()
            .any(|path| is_config(path) || is_manifest(path))
    }

    /// Whether it has other files below `directory` than `other`, or with other content.
    pub(super) fn differs_below(&self, other: &Tree, directory: &str) -> bool {
        let is_told_alike = Arc::ptr_eq(&self.whole, &other.whole);
        if !is_told_alike {
            return self.below(directory) != other.below(directory);
        }
        let mut paths = range(&self.changes, directory).chain(range(&other.changes, directory));
        paths.any(|(path, _)| self.get(path) != other.get(path))
    }
}

/// Whether a file can say anything about migrations.
fn matters(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    name.ends_with(b".sql") || name == CONFIG_FILE.as_bytes() || name == MANIFEST.as_bytes()
}

fn is_config(path: &str) -> bool {
    path.rsplit('/').next() == Some(CONFIG_FILE)
}

fn range<'a, T>(
    files: &'a BTreeMap<String, T>,
    directory: &str,
) -> impl Iterator<Item = (&'a String, &'a T)> {
    let prefix = match directory {
        "" => String::new(),
        directory => format!("{directory}/"),
    };
    files
        .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded))
        .take_while(move |(path, _)| path.starts_with(&prefix))
        .collect::<Vec<_>>()
        .into_iter()
}

/// Keeps what is a letter and writes `\xff` for the rest, so that the path can be shown, and its app says what is wrong
/// with it: no migration has such a name.
fn text(path: Vec<u8>) -> String {
    let path = match String::from_utf8(path) {
        Ok(path) if !path.contains(char::is_control) => return path,
        Ok(path) => path.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    let mut text = String::new();
    for chunk in path.utf8_chunks() {
        for char in chunk.valid().chars() {
            if char.is_control() {
                text.extend(char.escape_default());
            } else {
                text.push(char);
            }
        }
        text.push_str(&chunk.invalid().escape_ascii().to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_can_be_shown() {
        assert_eq!(
            text("größe/V1__a.sql".as_bytes().to_vec()),
            "größe/V1__a.sql"
        );
        assert_eq!(
            text(b"ma\xc3\x9f\xff/\x1b[31m\n.sql".to_vec()),
            "maß\\xff/\\u{1b}[31m\\n.sql"
        );
    }
}
