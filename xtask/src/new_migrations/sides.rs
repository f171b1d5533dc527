//! The commits to compare: HEAD, the base, the refs, and where each left the base.

use std::collections::HashSet;

use migrations_common::problem::unknown_name;
use migrations_common::{Problem, Problems};

use super::{BaseInfo, Ref, Request};
use crate::git::{Git, NamedRef, is_glob};

/// Commits, by their ids.
#[derive(Debug)]
pub(super) struct Sides {
    /// None before the first commit.
    pub(super) head: Option<String>,
    pub(super) base: Option<BaseInfo>,
    pub(super) refs: Vec<Ref>,
    pub(super) warnings: Vec<Problem>,
}

/// Resolves every name of `request`.
pub(super) fn resolve(git: &Git, request: &Request) -> Result<Sides, Problems> {
    let mut warnings = Vec::new();
    let base = match &request.base {
        Some(name) => Some(name.clone()),
        None => default_base(git, &mut warnings)?,
    };
    let mut asked = Vec::new();
    for (names, trusted) in [
        (&request.against, true),
        (&request.against_untrusted, false),
    ] {
        asked.extend(names.iter().map(|name| (name.as_str(), trusted)));
    }
    let mut problems = Problems::default();
    let plain = asked
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !is_glob(name));
    for name in base.as_deref().into_iter().chain(plain.clone()) {
        problems.0.extend(refused(name));
    }
    problems.or_ok(())?;

    let names = ["HEAD"].into_iter().chain(base.as_deref()).chain(plain);
    let names: Vec<String> = names.map(|name| format!("{name}^{{commit}}")).collect();
    let mut commits = git.objects(&names)?.into_iter();
    let head = commits.next().flatten();
    let mut problems = Problems::default();
    let base = match base {
        None => None,
        Some(name) => match commits.next().flatten() {
            Some(tip) => Some((name, tip)),
            None => {
                problems.push(unknown(git, "--base", &name)?);
                None
            }
        },
    };
    let mut refs: Vec<Asked> = Vec::new();
    for (name, trusted) in asked {
        if is_glob(name) {
            let matching = git.refs(&[name])?;
            if matching.is_empty() {
                warnings.push(nothing_matches(git, name)?);
            }
            let own = git.upstream()?;
            let matching = matching.into_iter().filter(|one| one.target.is_none());
            // What was pushed of this very branch is an older state of what is here.
            let matching = matching.filter(|one| own.as_ref() != Some(&one.full));
            refs.extend(matching.map(|one| Asked {
                name: one.name,
                commit: one.commit,
                trusted,
                by_glob: true,
            }));
        } else {
            match commits.next().flatten() {
                Some(commit) => refs.push(Asked {
                    name: name.to_owned(),
                    commit,
                    trusted,
                    by_glob: false,
                }),
                None => problems.push(unknown(git, "--against", name)?),
            }
        }
    }
    problems.or_ok(())?;

    let mut problems = Problems::default();
    let base = match base {
        None => None,
        Some((name, tip)) => {
            let merge_base = match &head {
                None => None,
                Some(head) => problems.take(fork(git, ("HEAD", head), (&name, &tip))),
            };
            Some(BaseInfo {
                name,
                tip,
                merge_base,
            })
        }
    };
    let refs = compared(
        git,
        head.as_deref(),
        base.as_ref(),
        once_each(refs),
        &mut warnings,
        &mut problems,
    )?;
    problems.or_ok(Sides {
        head,
        base,
        refs,
        warnings,
    })
}

struct Asked {
    name: String,
    commit: String,
    trusted: bool,
    by_glob: bool,
}

/// A commit that is also asked for as untrusted is untrusted.
fn once_each(refs: Vec<Asked>) -> Vec<Asked> {
    let untrusted: HashSet<String> = refs
        .iter()
        .filter(|one| !one.trusted)
        .map(|one| one.commit.clone())
        .collect();
    let mut seen = HashSet::new();
    let (trusted, others): (Vec<Asked>, Vec<Asked>) = refs
        .into_iter()
        .filter(|one| !one.trusted || !untrusted.contains(&one.commit))
        .filter(|one| seen.insert((one.name.clone(), one.commit.clone())))
        .partition(|one| one.trusted);
    trusted.into_iter().chain(others).collect()
}

/// The refs with the place where each left the base, or HEAD if there is no base.
fn compared(
    git: &Git,
    head: Option<&str>,
    base: Option<&BaseInfo>,
    asked: Vec<Asked>,
    warnings: &mut Vec<Problem>,
    problems: &mut Problems,
) -> Result<Vec<Ref>, Problems> {
    let trunk = match (base, head) {
        (Some(base), _) => Some((base.name.as_str(), base.tip.as_str())),
        (None, head) => head.map(|head| ("HEAD", head)),
    };
    let tips: Vec<&str> = head
        .into_iter()
        .chain(base.map(|base| base.tip.as_str()))
        .collect();
    let commits: Vec<&str> = asked.iter().map(|one| one.commit.as_str()).collect();
    let outside = git.not_contained(&commits, &tips)?;
    let mut refs = Vec::new();
    if let (None, Some(one)) = (trunk, asked.first()) {
        let message = format!("there is no commit here yet: {} is not compared", one.name);
        warnings
            .push(Problem::config("no-base", message).help("name the base: --base origin/main"));
    }
    for one in asked {
        let mut merge_base = None;
        if let Some(trunk) = trunk.filter(|_| outside.contains(&one.commit)) {
            match fork(git, (&one.name, &one.commit), trunk) {
                Ok(found) => merge_base = Some(found),
                Err(problem) if problem.code == UNRELATED && one.by_glob => {
                    warnings.push(problem.note("it is not compared"));
                }
                Err(problem) => problems.push(problem),
            }
        }
        refs.push(Ref {
            name: one.name,
            commit: one.commit,
            merge_base,
            trusted: one.trusted,
            new_count: 0,
        });
    }
    Ok(refs)
}

const UNRELATED: &str = "unrelated-history";

/// Where `one` left `other`; each is a name and a commit.
fn fork(git: &Git, one: (&str, &str), other: (&str, &str)) -> Result<String, Problem> {
    if let Some(found) = git.merge_base(one.1, other.1)? {
        return Ok(found);
    }
    if git.is_shallow {
        let message = format!(
            "the history is cut off (a shallow clone) before the commit where {} left {}",
            one.0, other.0
        );
        return Err(Problem::config("shallow-history", message)
            .help("git fetch --unshallow")
            .help("or, for a part of it, again until it is enough: git fetch --deepen 100")
            .help("in a GitHub workflow, under actions/checkout: with: { fetch-depth: 0 }"));
    }
    let message = format!("{} and {} have no commit in common", one.0, other.0);
    Err(Problem::config(UNRELATED, message).help("name a branch of this repository's own history"))
}

/// The default branch of the remote, by the name under which it is known here.
fn default_base(git: &Git, warnings: &mut Vec<Problem>) -> Result<Option<String>, Problem> {
    let heads = git.refs(&[
        "refs/remotes/*/HEAD",
        "refs/remotes/*/main",
        "refs/remotes/*/master",
    ])?;
    let remote = |one: &NamedRef| {
        one.name
            .rsplit_once('/')
            .map(|(remote, _)| remote.to_owned())
    };
    let remotes: HashSet<String> = heads.iter().filter_map(remote).collect();
    let remote = match remotes.iter().next() {
        Some(only) if remotes.len() == 1 => only.as_str(),
        _ => "origin",
    };
    for name in ["HEAD", "main", "master"] {
        let wanted = format!("{remote}/{name}");
        if let Some(found) = heads.iter().find(|one| one.name == wanted) {
            let target = found
                .target
                .as_deref()
                .and_then(|full| full.strip_prefix("refs/remotes/"));
            return Ok(Some(target.unwrap_or(&found.name).to_owned()));
        }
    }
    if !git.remotes()?.is_empty() {
        warnings.push(
            Problem::config(
                "no-base",
                "the remote's default branch is not known here, so every migration counts as new",
            )
            .help("git fetch origin, and name the branch: --base origin/main"),
        );
    }
    Ok(None)
}

/// git would take it for an option, or for no name at all.
fn refused(name: &str) -> Option<Problem> {
    let why = if name.is_empty() {
        "it is empty"
    } else if name.starts_with('-') {
        "it begins with `-`"
    } else if name.contains(char::is_control) {
        "it holds a control character"
    } else {
        return None;
    };
    Some(Problem::usage(
        "unknown-ref",
        format!("{name:?} is no ref: {why}"),
    ))
}

fn unknown(git: &Git, flag: &str, name: &str) -> Result<Problem, Problem> {
    let known = git.refs(&["refs/heads", "refs/remotes", "refs/tags"])?;
    let known = known.iter().map(|one| one.name.as_str());
    let message = format!("{flag}: {}", unknown_name("ref", name, known));
    Ok(Problem::usage("unknown-ref", message)
        .help(format!("if it is not fetched yet: {}", fetch(git, name)?)))
}

fn nothing_matches(git: &Git, glob: &str) -> Result<Problem, Problem> {
    let message = format!("no ref matches `{glob}`: nothing is compared with it");
    Ok(Problem::config("no-ref-matches", message)
        .help(format!("if none is fetched yet: {}", fetch(git, glob)?)))
}

/// The command that makes `name` known here: a branch, or a pull request where the name says so.
fn fetch(git: &Git, name: &str) -> Result<String, Problem> {
    let is_id = name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let remotes = git.remotes()?;
    let known = name
        .split_once('/')
        .filter(|(remote, _)| remotes.iter().any(|known| known == remote));
    let (remote, branch) = known
        .or_else(|| Some(("origin", name.strip_prefix("origin/")?)))
        .unwrap_or(("origin", name));
    Ok(match branch.strip_prefix("pr/") {
        _ if is_id => format!("git fetch {remote} {name}"),
        Some(number) => format!(
            "git fetch {remote} '+refs/pull/{number}/head:refs/remotes/{remote}/pr/{number}'"
        ),
        None => format!("git fetch {remote} '+refs/heads/{branch}:refs/remotes/{remote}/{branch}'"),
    })
}
