//! What one commit has that another has not, by app, database, track and version.

use std::collections::HashMap;

use migrations_common::{Problem, Problems, migration};

use super::added::{Side, added_between};
use super::layout::{self, Layout};
use super::seen::Seen;
use super::sides::Sides;
use super::texts::Texts;
use super::tree::{self, Tree};
use super::{NewSeries, Origin, here};
use crate::git::Git;
use crate::workspace::Workspace;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) series: Vec<NewSeries>,
    pub(super) warnings: Vec<Problem>,
}

/// Compares the working tree, the base and the refs, each with its own merge base.
pub(super) fn compare(git: &Git, workspace: &Workspace, sides: &Sides) -> Result<Found, Problems> {
    let mut warnings = Vec::new();
    let mut texts = Texts::new(git);
    let commits = Commits::read(&mut texts, workspace, sides, &mut warnings)?;
    let base = sides.base.as_ref();
    let before = base.and_then(|base| commits.get(base.merge_base.as_deref()?));
    let mut series = match before {
        Some(before) => here::new(workspace, before, &mut warnings),
        None => here::all(workspace),
    };
    here::leave_out_ignored(git, &mut series)?;

    let tip = base.map(|base| &base.tip).or(sides.head.as_ref());
    let tip = tip.and_then(|id| commits.get(id));
    let mut added = Vec::new();
    if let (Some(base), Some(before), Some(after)) = (base, before, tip) {
        let side = Side {
            origin: Origin::Base,
            label: &base.name,
            after,
        };
        added.extend(added_between(before, side, &mut warnings));
    }
    for (index, one) in sides.refs.iter().enumerate() {
        let before = one.merge_base.as_ref().and_then(|id| commits.get(id));
        let (Some(before), Some(after)) = (before, commits.get(&one.commit)) else {
            continue;
        };
        let side = Side {
            origin: Origin::Ref(index),
            label: &one.name,
            after,
        };
        let mut there = added_between(before, side, &mut warnings);
        if let Some(tip) = tip {
            for app in &mut there {
                app.leave_out_landed(tip);
            }
        }
        added.extend(there);
    }
    added.retain(|app| !app.versions.is_empty());
    let files = added
        .iter()
        .flat_map(|app| app.head.files(&app.side.after.tree));
    texts.read(files.map(|(_, blob)| blob))?;

    let mut seen = Seen::of(workspace);
    for app in &added {
        let (loaded, problems) = app.head.app(&app.side.after.tree, &texts, app.side.label);
        warnings.extend(problems);
        for one in &loaded.series {
            warnings.extend(app.new_problems(one));
            let versions = app.versions.get(&one.name()).into_iter().flatten();
            let new = versions.filter_map(|version| migration::find(&one.migrations, *version));
            let new = new
                .filter(|migration| seen.insert(one.name(), migration))
                .cloned();
            series.extend(NewSeries::of(app.side.origin, one, new.collect()));
        }
    }
    Ok(Found { series, warnings })
}

/// A commit that takes part.
pub(super) struct Commit {
    pub(super) tree: Tree,
    pub(super) layout: Layout,
}

/// By their ids.
struct Commits(HashMap<String, Commit>);

impl Commits {
    fn read(
        texts: &mut Texts<'_>,
        workspace: &Workspace,
        sides: &Sides,
        warnings: &mut Vec<Problem>,
    ) -> Result<Commits, Problem> {
        let mut labels: Vec<(String, &str)> = Vec::new();
        let mut add = |id: &str, label| {
            if labels.iter().all(|(known, _)| known != id) {
                labels.push((id.to_owned(), label));
            }
        };
        if let Some(base) = &sides.base {
            if let Some(merge_base) = &base.merge_base {
                add(merge_base, &base.name);
            }
            add(&base.tip, &base.name);
        } else if let Some(head) = &sides.head {
            add(head, "HEAD");
        }
        for one in &sides.refs {
            if let Some(merge_base) = &one.merge_base {
                add(merge_base, &one.name);
                add(&one.commit, &one.name);
            }
        }
        let ids: Vec<String> = labels.iter().map(|(id, _)| id.clone()).collect();
        let trees = tree::read(texts.git(), &ids)?;
        let labelled: Vec<(&str, &Tree)> =
            labels.iter().map(|(_, label)| *label).zip(&trees).collect();
        let layouts = layout::read(texts, workspace, &labelled, warnings)?;
        let commits = trees
            .into_iter()
            .zip(layouts)
            .map(|(tree, layout)| Commit { tree, layout });
        Ok(Commits(ids.into_iter().zip(commits).collect()))
    }

    fn get(&self, id: &str) -> Option<&Commit> {
        self.0.get(id)
    }
}
