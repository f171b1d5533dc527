//! Shards stand at one version: before a run, and after it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::prepared::Entry;
use crate::config::Layout;
use crate::migration::Version;
use crate::problem::Problem;

/// Shards named in a message; more are counted.
const NAMED: usize = 5;

/// Fails the shards of each series that do not all record the same, or cannot all be read: nothing runs on any of them.
pub(super) fn refuse_uneven(entries: &mut [Entry]) {
    let mut start = 0;
    // Targets of one series come one after the other.
    while let Some(first) = entries.get(start) {
        let series = Arc::clone(&first.target.series);
        let rest = entries.get_mut(start..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|entry| Arc::ptr_eq(&entry.target.series, &series))
            .count();
        start += length;
        if series.config.layout != Layout::Sharded {
            continue;
        }
        let shards = rest.get_mut(..length).unwrap_or_default();
        let unread = shards.iter().any(|shard| !shard.report.problems.is_empty());
        let even = shards.windows(2).all(|pair| {
            matches!(pair, [one, other] if one.history.fingerprint() == other.history.fingerprint())
        });
        if even && !unread {
            continue;
        }
        // A shard that cannot be read has a problem of its own, which says why.
        let problem = (!unread).then(|| uneven(&series.label(), shards));
        for shard in shards.iter_mut() {
            shard.held_back = true;
        }
        if let (Some(problem), Some(first)) = (problem, shards.first_mut()) {
            first.report.fail(vec![problem]);
        }
    }
}

/// Who is where, and what to do.
fn uneven(label: &str, shards: &[Entry]) -> Problem {
    let mut at: BTreeMap<Option<Version>, Vec<&str>> = BTreeMap::new();
    for shard in shards {
        at.entry(shard.history.current())
            .or_default()
            .push(shard.target.name());
    }
    let stand = |(version, names): (Option<Version>, Vec<&str>)| {
        let version =
            version.map_or_else(|| "empty".to_owned(), |version| format!("at V{version}"));
        let more = match names.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names: Vec<&str> = names.into_iter().take(NAMED).collect();
        format!("{version}: {}{more}", names.join(", "))
    };
    let mut problem = Problem::verification(
        "uneven-shards",
        format!("the shards of {label} do not record the same migrations"),
    );
    for group in at {
        problem = problem.note(stand(group));
    }
    problem.help("find out why, with `history`; then bring all to the same version: --allow-uneven")
}
