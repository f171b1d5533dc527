//! An app as it was at another commit, wherever it lay and whatever it was called.

use std::sync::Arc;

use migrations_common::Problem;
use migrations_common::app::{App, Series};

use super::layout::{Head, Layout};
use super::tree::Tree;

/// The app that `head` was: of its name, wherever; else the one in its place whose name is gone.
pub(super) fn predecessor<'l>(
    head: &Head,
    before: &'l Layout,
    names_after: &[&str],
) -> Option<&'l Arc<Head>> {
    let by_name = before.binary_search_by(|was| was.name.cmp(&head.name)).ok();
    by_name.and_then(|index| before.get(index)).or_else(|| {
        let mut gone = before
            .iter()
            .filter(|was| !names_after.contains(&was.name.as_str()));
        gone.find(|was| was.path == head.path)
    })
}

/// An app as it was.
pub(super) struct Previous<'a> {
    head: &'a Head,
    /// Its migrations, without texts.
    pub(super) outline: App,
}

impl<'a> Previous<'a> {
    pub(super) fn of(head: &'a Head, tree: &Tree) -> Self {
        Previous {
            head,
            outline: head.outline(tree),
        }
    }

    /// What `series` was. A renamed app has the series whose history it goes on with.
    pub(super) fn series(&self, series: &Series) -> Option<&Arc<Series>> {
        self.outline.series.iter().find(|was| {
            let is_same = was.config.name == series.config.name && was.track == series.track;
            let is_renamed = was.app != series.app;
            is_same && (!is_renamed || was.config.history_table == series.config.history_table)
        })
    }

    /// A new name makes a new history, unless the config says otherwise.
    pub(super) fn warning(&self, head: &Head, label: &str) -> Option<Problem> {
        if self.head.name == head.name {
            return None;
        }
        let lost = head.config.databases.iter().find_map(|database| {
            let mut before = self.head.config.databases.iter();
            let was = before.find(|was| was.name == database.name)?;
            (was.history_table != database.history_table).then_some((was, database))
        });
        let (was, database) = lost?;
        let message = format!(
            "{} was called {}; by its new name its history is in `{}`, so in {label} all its migrations are new",
            head.name, self.head.name, database.history_table
        );
        Some(
            Problem::config("renamed-app", message)
                .at(database.place.clone())
                .help(format!(
                    "to go on with its history: history_table = \"{}\"",
                    was.history_table
                )),
        )
    }
}
