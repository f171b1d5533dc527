//! How targets stand, a line for each series, whether it is one target or ten thousand.

use std::sync::Arc;

use super::super::flow::{Row, table};
use super::super::wording::{BAD, GOOD, WAITS, paint, version};
use super::standing::{AHEAD, Stand, Standing, rows};
use crate::fleet::{State, Status, TargetStatus};
use crate::migration::Migration;

/// Migrations are named up to here, and counted beyond.
const NAMED: usize = 4;

/// One line a series.
pub(super) fn text(status: &Status, width: usize) -> String {
    let standings = status.targets.iter().map(|one| Standing {
        target: &one.target,
        stand: Stand {
            state: one.state,
            current: one.current,
            pending: one.pending.len(),
        },
    });
    let of = |standing: &Standing<'_>| {
        status
            .targets
            .iter()
            .find(|one| std::ptr::eq(Arc::as_ptr(&one.target), standing.target))
            .map_or_else(Vec::new, alone)
    };
    let rows: Vec<Row> = rows(standings, &status.unresolved, of);
    table(&rows, 2, width)
}

/// `V15 · at head`.
fn alone(one: &TargetStatus) -> Vec<String> {
    let at = format!("{} ·", version(one.current));
    match one.state {
        State::AtHead => vec![at, paint(GOOD, "at head")],
        State::Pending => std::iter::once(at).chain(pending(&one.pending)).collect(),
        State::Ahead => {
            let head = format!("the newest known here is {}", version(one.head));
            vec![at, format!("{},", paint(AHEAD, "ahead")), head]
        }
        State::Diverged => vec![at, paint(BAD, "diverged")],
        State::Unreachable => vec![paint(BAD, "unreachable")],
    }
}

/// `2 pending:` `V16 name,` `V17 name`.
fn pending(migrations: &[Arc<Migration>]) -> Vec<String> {
    let label = |migration: &Migration| format!("V{} {}", migration.version, migration.name);
    let number = paint(WAITS, format!("{} pending", migrations.len()));
    let mut pieces = vec![format!("{number}:")];
    match migrations {
        [first, .., last] if migrations.len() > NAMED => {
            pieces.push(format!("{} to", label(first)));
            pieces.push(label(last));
        }
        few => {
            let names: Vec<String> = few.iter().map(|migration| label(migration)).collect();
            pieces.extend(super::super::names::list(&names, NAMED));
        }
    }
    pieces
}
