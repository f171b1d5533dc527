//! The files of a commit, and what differs between two.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use migrations_common::Problem;

use super::Git;

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blob {
    /// Its content.
    pub(crate) id: Arc<str>,
    /// Whether it is a symbolic link; its content is a path then.
    pub(crate) is_link: bool,
}

/// A file with its path, which need not be text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) path: Vec<u8>,
    pub(crate) blob: Blob,
}

/// A path at which two commits differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) path: Vec<u8>,
    /// What the second commit has there.
    pub(crate) now: Option<Blob>,
}

impl Git {
    /// The files of `commit` (an id) whose paths satisfy `wanted`; only those in the directory `below`, if it is given.
    /// Submodules are none.
    pub(crate) fn files(
        &self,
        commit: &str,
        below: Option<&str>,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<Entry>, Problem> {
        let fixed = ["ls-tree", "-r", "-z", commit, "--"];
        let arguments: Vec<&str> = fixed.into_iter().chain(below).collect();
        let answer = self.ask(&arguments, Vec::new())?;
        let entry = |line: &[u8]| {
            let tab = line.iter().position(|byte| *byte == b'\t')?;
            let path = line
                .get(tab.checked_add(1)?..)
                .filter(|path| wanted(path))?;
            let words = std::str::from_utf8(line.get(..tab)?).ok()?;
            let mut words = words.split(' ');
            let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
            Some(Entry {
                path: path.to_vec(),
                blob: blob(mode, id)?,
            })
        };
        Ok(answer.split(|byte| *byte == 0).filter_map(entry).collect())
    }

    /// For each of `others` what differs from the commit `from`, among the paths that satisfy `wanted`. All are ids.
    pub(crate) fn changes(
        &self,
        from: &str,
        others: &[String],
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<Vec<Change>>, Problem> {
        if others.is_empty() {
            return Ok(Vec::new());
        }
        // With commits it would want to know their parents; a pair of trees is compared as it is.
        let commits = std::iter::once(from).chain(others.iter().map(String::as_str));
        let names: Vec<String> = commits.map(|id| format!("{id}^{{tree}}")).collect();
        let trees = self.objects(&names)?.into_iter().zip(&names);
        let trees: Vec<String> = trees
            .map(|(tree, name)| {
                tree.ok_or_else(|| Problem::failed("git", format!("git has no {name}")))
            })
            .collect::<Result<_, _>>()?;
        let Some((from, others)) = trees.split_first() else {
            return Ok(Vec::new());
        };
        let pairs: Vec<String> = others
            .iter()
            .map(|other| format!("{from} {other}"))
            .collect();
        let pairs = pairs.join(
            "
",
        ) + "
";
        let arguments = [
            "diff-tree",
            "--stdin",
            "-r",
            "-z",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--no-ext-diff",
            "--relative",
        ];
        let answer = self.ask(&arguments, pairs.into_bytes())?;
        let found = parse_changes(&answer, &wanted).filter(|found| found.len() == others.len());
        found.ok_or_else(|| Problem::failed("git", "git diff-tree answered in an unknown way"))
    }

    /// Those of `paths` that git is told to ignore. None, if the whole directory is.
    pub(crate) fn ignored(&self, paths: &[&str]) -> Result<BTreeSet<String>, Problem> {
        if paths.is_empty() {
            return Ok(BTreeSet::new());
        }
        // What is tracked is never ignored. git would look for each path through its whole index.
        let tracked = self.ask(&["ls-files", "-z"], Vec::new())?;
        let tracked: HashSet<&[u8]> = tracked.split(|byte| *byte == 0).collect();
        let untracked = (paths.iter().copied()).filter(|path| !tracked.contains(path.as_bytes()));
        let has_tracked = tracked.iter().any(|path| !path.is_empty());
        let all = (!has_tracked).then_some(".").into_iter().chain(untracked);
        let input: Vec<u8> = all.flat_map(|path| path.bytes().chain([0])).collect();
        if input.is_empty() {
            return Ok(BTreeSet::new());
        }
        let question = ["check-ignore", "--no-index", "-z", "--stdin"];
        let answer = self.ask_whether(&question, input)?;
        let answer = answer.unwrap_or_default();
        let ignored = answer.split(|byte| *byte == 0);
        let ignored: BTreeSet<_> = ignored
            .map(|path| String::from_utf8_lossy(path).into_owned())
            .collect();
        Ok(if ignored.contains(".") {
            BTreeSet::new()
        } else {
            ignored
        })
    }
}

/// Files and links; a submodule is another repository's business.
fn blob(mode: &str, id: &str) -> Option<Blob> {
    mode.starts_with('1').then_some(())?;
    (mode != "160000").then(|| Blob {
        id: Arc::from(id),
        is_link: mode == "120000",
    })
}

/// A line `<tree> <tree>` for each pair, then `:<mode> <mode> <id> <id> <letter>`, NUL, the path, NUL for each change.
fn parse_changes(answer: &[u8], wanted: &impl Fn(&[u8]) -> bool) -> Option<Vec<Vec<Change>>> {
    let mut pairs: Vec<Vec<Change>> = Vec::new();
    let mut rest = answer;
    while let Some(first) = rest.first() {
        if *first != b':' {
            let end = rest.iter().position(|byte| *byte == b'\n')?;
            rest = rest.get(end.checked_add(1)?..)?;
            pairs.push(Vec::new());
            continue;
        }
        let mut parts = rest.splitn(3, |byte| *byte == 0);
        let (words, path) = (parts.next()?, parts.next()?);
        rest = parts.next()?;
        if !wanted(path) {
            continue;
        }
        let words = std::str::from_utf8(words).ok()?;
        let mut words = words.split(' ').skip(1);
        let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
        pairs.last_mut()?.push(Change {
            path: path.to_vec(),
            now: blob(mode, id),
        });
    }
    Some(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_several_pairs() {
        let (none, one) = ("0".repeat(40), "1".repeat(40));
        let answer = format!(
            "a b\n:100644 000000 {one} {none} D\0old.sql\0:000000 120000 {none} {one} A\0new\n.sql\0b c\nc d\n\
             :000000 160000 {none} {one} A\0module.sql\0"
        );
        let found = parse_changes(answer.as_bytes(), &|_| true).unwrap();
        let shown: Vec<Vec<(String, Option<bool>)>> = found
            .into_iter()
            .map(|changes| {
                let shown = |change: Change| {
                    let path = String::from_utf8(change.path).unwrap();
                    (path, change.now.map(|blob| blob.is_link))
                };
                changes.into_iter().map(shown).collect()
            })
            .collect();
        assert_eq!(
            shown,
            [
                vec![
                    ("old.sql".to_owned(), None),
                    ("new\n.sql".to_owned(), Some(true))
                ],
                vec![],
                vec![("module.sql".to_owned(), None)]
            ]
        );
        assert_eq!(parse_changes(b":100644 1", &|_| true), None);
    }
}
