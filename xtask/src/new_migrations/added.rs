//! What a commit has of each app that another has not, told by the files' names.

use std::collections::BTreeMap;
use std::sync::Arc;

use migrations_common::Problem;
use migrations_common::app::{App, Series};
use migrations_common::migration::{self, Malformed, Version};
use migrations_common::track::SeriesName;

use super::Origin;
use super::compare::Commit;
use super::layout::Head;
use super::members::normal;
use super::previous::{Previous, predecessor};
use super::tree::Tree;

/// A commit, and how the answer and messages call it.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) origin: Origin,
    pub(super) label: &'a str,
    pub(super) after: &'a Commit,
}

/// An app with versions that it did not have before.
pub(super) struct Added<'a> {
    pub(super) side: Side<'a>,
    pub(super) head: Arc<Head>,
    /// The app's migrations after, without texts.
    outline: App,
    pub(super) versions: BTreeMap<SeriesName, Vec<Version>>,
    /// What was wrong with its files before.
    problems_before: Vec<Malformed>,
}

/// The apps of `side` that have what they had not `before`.
pub(super) fn added_between<'a>(
    before: &Commit,
    side: Side<'a>,
    warnings: &mut Vec<Problem>,
) -> Vec<Added<'a>> {
    let after = side.after;
    let mut found = Vec::new();
    let names: Vec<&str> = after.layout.iter().map(|head| head.name.as_str()).collect();
    for head in &after.layout {
        let was = predecessor(head, &before.layout, &names);
        let is_same = was.is_some_and(|was| Arc::ptr_eq(was, head));
        if is_same && !after.tree.differs_below(&before.tree, &head.path) {
            continue;
        }
        let outline = head.outline(&after.tree);
        let was = was.map(|was| Previous::of(was, &before.tree));
        warnings.extend(was.as_ref().and_then(|was| was.warning(head, side.label)));
        let versions = outline.series.iter().filter_map(|series| {
            let versions = series.migrations.iter().map(|migration| migration.version);
            let versions: Vec<Version> = match was.as_ref().and_then(|was| was.series(series)) {
                Some(was) => versions
                    .filter(|version| migration::find(&was.migrations, *version).is_none())
                    .collect(),
                None => versions.collect(),
            };
            (!versions.is_empty()).then(|| (series.name(), versions))
        });
        let outline_before = was.iter().flat_map(|was| &was.outline.series);
        found.push(Added {
            problems_before: outline_before
                .flat_map(|series| series.problems.clone())
                .collect(),
            side,
            head: Arc::clone(head),
            versions: versions.collect(),
            outline,
        });
    }
    found
}

impl Added<'_> {
    /// What is wrong with `series` since: misnamed files are no migrations, whoever wrote them.
    pub(super) fn new_problems(&self, series: &Series) -> impl Iterator<Item = Problem> {
        let new = series
            .problems
            .iter()
            .filter(|problem| !self.problems_before.contains(problem));
        new.map(|problem| {
            problem.0.clone().note(format!(
                "this is how it stands on {}; it is left out",
                self.side.label
            ))
        })
    }

    /// Drops what the base's tip has just so: it was merged as another commit.
    pub(super) fn leave_out_landed(&mut self, tip: &Commit) {
        let Some(head) = tip.layout.iter().find(|head| head.name == self.head.name) else {
            return;
        };
        let landed = head.outline(&tip.tree);
        for series in &self.outline.series {
            let name = series.name();
            let Some(landed) = landed.series.iter().find(|landed| landed.name() == name) else {
                continue;
            };
            let is_same = |version: &Version| {
                let content = |tree: &Tree, series: &Series| {
                    let migration = migration::find(&series.migrations, *version)?;
                    tree.get(&normal(&migration.source.path)).cloned()
                };
                let landed = content(&tip.tree, landed);
                landed.is_some() && landed == content(&self.side.after.tree, series)
            };
            if let Some(versions) = self.versions.get_mut(&name) {
                versions.retain(|version| !is_same(version));
            }
        }
        self.versions.retain(|_, versions| !versions.is_empty());
    }
}
