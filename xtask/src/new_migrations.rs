//! Which migrations are new, and where: here, on the base's tip, on other branches.

mod added;
mod apps;
mod compare;
mod here;
mod layout;
mod members;
mod previous;
mod seen;
mod sides;
mod texts;
mod tree;

use std::sync::Arc;

use migrations_common::app::Series;
use migrations_common::migration::Migration;
use migrations_common::{Problem, Problems};

use crate::git::{Git, NO_GIT};
use crate::workspace::Workspace;

pub(crate) use apps::{SharedModel, apps_at, shared_models, shared_models_at};

/// What to compare with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The branch that this work goes into; the remote's default branch if nothing is said.
    pub(crate) base: Option<String>,
    /// Other branches, or globs of them.
    pub(crate) against: Vec<String>,
    /// Other branches, of people who may not run anything here.
    pub(crate) against_untrusted: Vec<String>,
}

/// Where a migration comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Origin {
    /// The working tree.
    Here,
    /// The base's tip; it landed since the merge base.
    Base,
    /// The ref of this number among [`NewMigrations::refs`].
    Ref(usize),
}

/// The branch that this work goes into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseInfo {
    /// As it was asked for: `origin/main`.
    pub(crate) name: String,
    /// The commit that it stands at.
    pub(crate) tip: String,
    /// Where this work left it; none before the first commit.
    pub(crate) merge_base: Option<String>,
}

/// A branch that is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ref {
    /// As a person writes it: `origin/pr/7`.
    pub(crate) name: String,
    /// The commit that it stands at.
    pub(crate) commit: String,
    /// Where it left the base; none if nothing of it is compared, because HEAD or the base contain it.
    pub(crate) merge_base: Option<String>,
    /// Whether its migrations may be run.
    pub(crate) trusted: bool,
    /// How many migrations are new there.
    pub(crate) new_count: usize,
}

/// All that is new of one series at one origin.
#[derive(Clone, Debug)]
pub(crate) struct NewSeries {
    /// Where.
    pub(crate) origin: Origin,
    /// The series as it stands there, with every migration.
    pub(crate) series: Arc<Series>,
    /// Those that are new, by version.
    pub(crate) new: Vec<Arc<Migration>>,
}

/// What is new everywhere.
#[derive(Clone, Debug)]
pub(crate) struct NewMigrations {
    /// None, where every migration counts as new.
    pub(crate) base: Option<BaseInfo>,
    /// Every ref that was asked for, those that are trusted first.
    pub(crate) refs: Vec<Ref>,
    /// By origin, then as the apps come. A series without a new migration is left out.
    pub(crate) series: Vec<NewSeries>,
    /// What could not be looked at.
    pub(crate) warnings: Vec<Problem>,
}

/// Finds what is new: here, on the base, and on the refs of `request`. Nothing is written, fetched by name, or run.
///
/// # Errors
/// A ref that is not there, a history that is cut off, or what git says.
pub(crate) fn find(workspace: &Workspace, request: &Request) -> Result<NewMigrations, Problems> {
    let mut warnings = Vec::new();
    let git = match Git::open(&workspace.root) {
        Err(problem) if problem.code == NO_GIT && request.is_empty() => {
            warnings.push(problem.note("every migration counts as new"));
            None
        }
        opened => opened?,
    };
    let Some(git) = git else {
        if !request.is_empty() {
            return Err(no_repository(workspace).into());
        }
        return Ok(NewMigrations {
            base: None,
            refs: Vec::new(),
            series: here::all(workspace),
            warnings,
        });
    };
    let mut sides = sides::resolve(&git, request)?;
    warnings.append(&mut sides.warnings);
    let mut found = compare::compare(&git, workspace, &sides)?;
    warnings.append(&mut found.warnings);
    for (index, one) in sides.refs.iter_mut().enumerate() {
        let there = found
            .series
            .iter()
            .filter(|series| series.origin == Origin::Ref(index));
        one.new_count = there.map(|series| series.new.len()).sum();
    }
    Ok(NewMigrations {
        base: sides.base,
        refs: sides.refs,
        series: found.series,
        warnings,
    })
}

impl Origin {
    /// The branch that it is; none of the working tree.
    pub(crate) fn branch(self, new: &NewMigrations) -> Option<&str> {
        match self {
            Origin::Here => None,
            Origin::Base => new.base.as_ref().map(|base| base.name.as_str()),
            Origin::Ref(index) => new.refs.get(index).map(|one| one.name.as_str()),
        }
    }
}

impl NewSeries {
    /// None where nothing is new.
    fn of(origin: Origin, series: &Arc<Series>, new: Vec<Arc<Migration>>) -> Option<Self> {
        (!new.is_empty()).then(|| NewSeries {
            origin,
            series: Arc::clone(series),
            new,
        })
    }
}

impl Request {
    fn is_empty(&self) -> bool {
        self.base.is_none() && self.against.is_empty() && self.against_untrusted.is_empty()
    }
}

fn no_repository(workspace: &Workspace) -> Problem {
    Problem::usage(
        "no-repository",
        format!(
            "{} is in no git repository: there is no ref to compare with",
            workspace.root.display()
        ),
    )
    .help("leave --base and --against out: then every migration counts as new")
}

#[cfg(test)]
mod tests;
