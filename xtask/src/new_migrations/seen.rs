//! Which migrations were met, so that one which stands on several branches is one change.

use std::collections::HashMap;
use std::sync::Arc;

use migrations_common::migration::{self, Migration, Version};
use migrations_common::track::SeriesName;

use crate::workspace::Workspace;

/// Those of the working tree, and the others that were met.
pub(super) struct Seen<'a> {
    workspace: &'a Workspace,
    others: HashMap<(SeriesName, Version), Vec<Arc<Migration>>>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(workspace: &'a Workspace) -> Self {
        Seen {
            workspace,
            others: HashMap::new(),
        }
    }

    /// Whether `migration` was not met yet.
    pub(super) fn insert(&mut self, name: SeriesName, migration: &Arc<Migration>) -> bool {
        let here = self.workspace.apps.iter().find(|app| app.name == name.app);
        let here = here.and_then(|app| app.series.iter().find(|series| series.name() == name));
        let here = here.and_then(|series| migration::find(&series.migrations, migration.version));
        let others = self.others.entry((name, migration.version)).or_default();
        if here
            .into_iter()
            .chain(&*others)
            .any(|other| is_same_text(other, migration))
        {
            return false;
        }
        others.push(Arc::clone(migration));
        true
    }
}

/// Line ends aside: a checkout may change them.
fn is_same_text(one: &Migration, other: &Migration) -> bool {
    one.source.text.lines().eq(other.source.text.lines())
}
