//! What is new in the working tree: committed, staged or neither, but not ignored.

use std::sync::Arc;

use migrations_common::Problem;
use migrations_common::app::{App, Series};
use migrations_common::migration::{self, Migration};

use super::compare::Commit;
use super::layout::Head;
use super::members::normal;
use super::previous::{Previous, predecessor};
use super::tree::Tree;
use super::{NewSeries, Origin};
use crate::git::Git;
use crate::workspace::Workspace;

/// Every migration of the working tree.
pub(super) fn all(workspace: &Workspace) -> Vec<NewSeries> {
    let all = |series: &Arc<Series>| NewSeries::of(Origin::Here, series, series.migrations.clone());
    workspace
        .apps
        .iter()
        .flat_map(|app| &app.series)
        .filter_map(all)
        .collect()
}

/// What the working tree has that `before` has not.
pub(super) fn new(
    workspace: &Workspace,
    before: &Commit,
    warnings: &mut Vec<Problem>,
) -> Vec<NewSeries> {
    let mut found = Vec::new();
    let broken = workspace.broken.iter().map(|(name, _)| name.as_str());
    let names: Vec<&str> = workspace
        .apps
        .iter()
        .map(|app| app.name.as_str())
        .chain(broken)
        .collect();
    for app in &workspace.apps {
        let head = Head::of(app);
        let was = predecessor(&head, &before.layout, &names);
        if was.is_some_and(|was| is_unchanged(app, was, &before.tree)) {
            continue;
        }
        let was = was.map(|was| Previous::of(was, &before.tree));
        warnings.extend(
            was.as_ref()
                .and_then(|was| was.warning(&head, "the working tree")),
        );
        for series in &app.series {
            let was = was.as_ref().and_then(|was| was.series(series));
            let is_new = |one: &&Arc<Migration>| {
                was.is_none_or(|was| migration::find(&was.migrations, one.version).is_none())
            };
            let new = series.migrations.iter().filter(is_new).cloned().collect();
            found.extend(NewSeries::of(Origin::Here, series, new));
        }
    }
    found
}

/// An ignored file is on its way to nobody.
pub(super) fn leave_out_ignored(git: &Git, series: &mut Vec<NewSeries>) -> Result<(), Problem> {
    let all = series.iter().flat_map(|series| &series.new);
    let paths: Vec<&str> = all.map(|migration| &*migration.source.path).collect();
    let ignored = git.ignored(&paths)?;
    if !ignored.is_empty() {
        for one in series.iter_mut() {
            one.new
                .retain(|migration| !ignored.contains(&*migration.source.path));
        }
        series.retain(|one| !one.new.is_empty());
    }
    Ok(())
}

/// Whether all of the app's migrations were there at the same paths, which is known without reading a name.
fn is_unchanged(app: &App, was: &Head, tree: &Tree) -> bool {
    let is_same = was.name == app.name && was.path == app.path && was.config == app.config;
    let mut migrations = app.series.iter().flat_map(|series| &series.migrations);
    is_same
        && migrations.all(|one| {
            let path = &*one.source.path;
            tree.get(path).or_else(|| tree.get(&normal(path))).is_some()
        })
}
