//! Names of commits, and how commits stand to each other.

use std::collections::BTreeSet;

use migrations_common::Problem;

use super::Git;

/// A branch or tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedRef {
    /// As a person writes it: `origin/pr/7`.
    pub(crate) name: String,
    /// `refs/remotes/origin/pr/7`.
    pub(crate) full: String,
    /// The commit.
    pub(crate) commit: String,
    /// The ref that it stands for, as `origin/HEAD` stands for another.
    pub(crate) target: Option<String>,
}

/// Whether `name` stands for as many refs as match it.
pub(crate) fn is_glob(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// Where names are looked up, in the order in which git does (gitrevisions(7)).
const NAMESPACES: [&str; 4] = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];

impl Git {
    /// The branches and tags that match any of `globs`, which begin as a person writes them, sorted by full name.
    ///
    /// A `*` matches no `/`. What is no commit is left out.
    pub(crate) fn refs(&self, globs: &[&str]) -> Result<Vec<NamedRef>, Problem> {
        let patterns: Vec<String> = globs
            .iter()
            .flat_map(|glob| {
                let all = NAMESPACES.map(|below| format!("{below}{glob}")).to_vec();
                if glob.starts_with("refs/") {
                    vec![(*glob).to_owned()]
                } else {
                    all
                }
            })
            .collect();
        let format = "--format=%(if)%(*objectname)%(then)%(*objecttype) %(*objectname)%(else)\
                      %(objecttype) %(objectname)%(end) %(refname) %(symref)";
        let fixed = ["for-each-ref", format, "--"];
        let all: Vec<&str> = fixed
            .into_iter()
            .chain(patterns.iter().map(String::as_str))
            .collect();
        let answer = self.ask(&all, Vec::new())?;
        let answer = String::from_utf8_lossy(&answer);
        let named = |line: &str| {
            let mut words = line.split(' ');
            let (kind, commit, full) = (words.next()?, words.next()?, words.next()?);
            (kind == "commit").then(|| NamedRef {
                name: short(full).to_owned(),
                full: full.to_owned(),
                commit: commit.to_owned(),
                target: words
                    .next()
                    .filter(|target| !target.is_empty())
                    .map(str::to_owned),
            })
        };
        Ok(answer.lines().filter_map(named).collect())
    }

    /// The remotes that are configured.
    pub(crate) fn remotes(&self) -> Result<Vec<String>, Problem> {
        let answer = self.ask(&["remote"], Vec::new())?;
        Ok(String::from_utf8_lossy(&answer)
            .lines()
            .map(str::to_owned)
            .collect())
    }

    /// The full name of the remote's branch that HEAD's branch is pushed to, if it is set and has the same name.
    pub(crate) fn upstream(&self) -> Result<Option<String>, Problem> {
        let format = "--format=%(HEAD)%(refname:lstrip=2) %(upstream)";
        let answer = self.ask(&["for-each-ref", format, "--", "refs/heads"], Vec::new())?;
        let answer = String::from_utf8_lossy(&answer);
        let current = answer
            .lines()
            .find_map(|line| line.strip_prefix('*')?.split_once(' '));
        let own = current.filter(|(branch, upstream)| {
            upstream
                .strip_suffix(branch)
                .is_some_and(|remote| remote.ends_with('/'))
        });
        Ok(own.map(|(_, upstream)| upstream.to_owned()))
    }

    /// The best common ancestor of two commits (ids), if the history that is here shows one.
    pub(crate) fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>, Problem> {
        let answer = self.ask_whether(&["merge-base", one, other], Vec::new())?;
        let answer = answer.map(|answer| String::from_utf8_lossy(&answer).into_owned());
        Ok(answer.and_then(|lines| lines.lines().next().map(str::to_owned)))
    }

    /// Those of `commits` that are neither one of `tips` nor an ancestor of one. All are ids.
    pub(crate) fn not_contained(
        &self,
        commits: &[&str],
        tips: &[&str],
    ) -> Result<BTreeSet<String>, Problem> {
        if commits.is_empty() {
            return Ok(BTreeSet::new());
        }
        let excluded = tips.iter().map(|tip| format!("^{tip}"));
        let included = commits.iter().map(|commit| (*commit).to_owned());
        let lines: Vec<String> = included.chain(excluded).collect();
        let answer = self.ask(
            &["rev-list", "--stdin"],
            (lines.join("\n") + "\n").into_bytes(),
        )?;
        let outside: BTreeSet<&[u8]> = answer.split(|byte| *byte == b'\n').collect();
        let outside = commits
            .iter()
            .filter(|commit| outside.contains(commit.as_bytes()));
        Ok(outside.map(|commit| (*commit).to_owned()).collect())
    }
}

/// `full` without the namespace that goes without saying.
fn short(full: &str) -> &str {
    let shorter = NAMESPACES
        .iter()
        .rev()
        .find_map(|below| full.strip_prefix(below));
    shorter.unwrap_or(full)
}
