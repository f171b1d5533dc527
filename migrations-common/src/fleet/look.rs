//! Who is behind: the histories of all targets, with one connection and one look per database.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::history::{self, History, HistoryTable};
use crate::problem::{Kind, Problem};
use crate::runner::{Context, Link};
use crate::target::Target;

/// Targets with their histories, and the connections that read them.
pub struct Found {
    /// One entry a target, in the order that was asked for.
    pub histories: Vec<Result<History, Problem>>,
    links: BTreeMap<String, Link>,
}

impl Found {
    /// The connection to the database of `target`.
    pub fn link(&mut self, target: &Arc<Target>) -> &mut Link {
        self.links
            .entry(key(target))
            .or_insert_with(|| Link::to(target))
    }
}

/// Reads the history of each of `targets`. Writes nothing.
///
/// A database that is made on demand and is not there yet counts as empty.
pub fn look(targets: &[Arc<Target>], context: &Context) -> Found {
    let mut found = Found {
        histories: targets.iter().map(|_| Ok(History::default())).collect(),
        links: BTreeMap::new(),
    };
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, target) in targets.iter().enumerate() {
        groups.entry(key(target)).or_default().push(index);
    }
    for members in groups.values() {
        let of_group: Vec<&Arc<Target>> = members
            .iter()
            .filter_map(|index| targets.get(*index))
            .collect();
        let Some(first) = of_group.first() else {
            continue;
        };
        let tables: Vec<HistoryTable> = of_group
            .iter()
            .map(|target| target.history.clone())
            .collect();
        let histories = read(found.link(first), first, &tables, context);
        for (index, history) in members.iter().zip(histories) {
            if let Some(slot) = found.histories.get_mut(*index) {
                *slot = history;
            }
        }
    }
    found
}

/// Targets of one key share a connection: same server, database and role.
fn key(target: &Target) -> String {
    target.parameters.display()
}

fn read(
    link: &mut Link,
    target: &Target,
    tables: &[HistoryTable],
    context: &Context,
) -> Vec<Result<History, Problem>> {
    let result = link.session(context).and_then(|session| {
        history::read(session.client(), tables)
            .map_err(|error| error.into_problem(Kind::Connect, "connection-lost"))
    });
    match result {
        Ok(histories) => histories,
        Err(problem) if target.made_on_demand && problem.sqlstate.as_deref() == Some("3D000") => {
            tables.iter().map(|_| Ok(History::default())).collect()
        }
        Err(problem) => tables.iter().map(|_| Err(problem.clone())).collect(),
    }
}
