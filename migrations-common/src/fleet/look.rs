//! Who is behind: the histories of all targets, one look per database.

use std::sync::Arc;

use postgres::Client;

use super::crew::{self, Flow, Loss, Task, Verdict};
use super::pool::{DatabaseId, Pool};
use crate::connect::ServerError;
use crate::history::{self, History, HistoryTable, Known, Seen};
use crate::problem::{Kind, Problem};
use crate::runner::{Context, Link};
use crate::target::Target;

/// History tables that one connection reads: a backend keeps what it has seen of each.
const TABLES_A_CONNECTION: usize = 1000;

/// What each of `targets` records; equal histories are one value. Writes nothing.
///
/// A database that is made on demand and is not there yet counts as empty.
pub(super) fn look(
    pool: &mut Pool,
    targets: &[Arc<Target>],
    known: &Known,
    jobs: Option<usize>,
    context: &Context,
) -> Vec<Result<Seen, Problem>> {
    let nothing = || Seen {
        schema_exists: false,
        history: Arc::default(),
    };
    read(pool, targets, jobs, context, nothing, |client, tables| {
        history::survey(client, tables, known)
    })
}

/// The history of each of `targets`, with all that is recorded. Writes nothing.
pub(super) fn histories(
    pool: &mut Pool,
    targets: &[Arc<Target>],
    context: &Context,
) -> Vec<Result<History, Problem>> {
    read(
        pool,
        targets,
        None,
        context,
        History::default,
        history::read,
    )
}

fn read<T: Send>(
    pool: &mut Pool,
    targets: &[Arc<Target>],
    jobs: Option<usize>,
    context: &Context,
    nothing: impl Fn() -> T + Sync,
    read: impl Fn(&mut Client, &[HistoryTable]) -> Result<Vec<Result<T, Problem>>, ServerError> + Sync,
) -> Vec<Result<T, Problem>> {
    let tasks = chunks(pool, targets);
    let jobs = crew::jobs(pool, &tasks, jobs);
    let mut found: Vec<Option<Result<T, Problem>>> = targets.iter().map(|_| None).collect();
    let work = |members: &Vec<usize>, link: &mut Link, _| {
        let of_chunk: Vec<&Arc<Target>> = members.iter().filter_map(|m| targets.get(*m)).collect();
        let verdict = chunk(link, &of_chunk, context, &nothing, &read);
        if members.len() >= TABLES_A_CONNECTION {
            link.close();
        }
        verdict
    };
    crew::run(pool, tasks, jobs, context, work, |members, results, _| {
        for (member, result) in members.iter().zip(results) {
            if let Some(slot) = found.get_mut(*member) {
                *slot = Some(result);
            }
        }
        Flow::Continue
    });
    let result = |result: Option<_>| result.unwrap_or_else(|| Err(interrupted()));
    found.into_iter().map(result).collect()
}

/// The targets of each database, by their index, as many at a time as one connection reads.
fn chunks(pool: &mut Pool, targets: &[Arc<Target>]) -> Vec<Task<Vec<usize>>> {
    let mut by_database: Vec<(DatabaseId, usize, &Arc<Target>)> = targets
        .iter()
        .enumerate()
        .map(|(index, target)| (pool.database(target), index, target))
        .collect();
    by_database.sort_by_key(|(database, ..)| *database);
    let databases = by_database.chunk_by(|(one, ..), (other, ..)| one == other);
    let task = |chunk: &[(DatabaseId, usize, &Arc<Target>)]| {
        let (_, _, target) = chunk.first()?;
        Some(Task {
            target: Arc::clone(target),
            what: chunk.iter().map(|(_, index, _)| *index).collect(),
        })
    };
    databases
        .flat_map(|members| members.chunks(TABLES_A_CONNECTION))
        .filter_map(task)
        .collect()
}

type Results<T> = Vec<Result<T, Problem>>;

fn chunk<T>(
    link: &mut Link,
    targets: &[&Arc<Target>],
    context: &Context,
    nothing: &impl Fn() -> T,
    read: &impl Fn(&mut Client, &[HistoryTable]) -> Result<Results<T>, ServerError>,
) -> Verdict<Results<T>> {
    let tables: Vec<HistoryTable> = targets
        .iter()
        .map(|target| target.history.clone())
        .collect();
    let result = link.session(context).and_then(|session| {
        read(session.client(), &tables)
            .map_err(|error| error.into_problem(Kind::Connect, "connection-lost"))
    });
    let problem = match result {
        Ok(results) => return Verdict::Done(results),
        Err(problem) => problem,
    };
    let made_on_demand = targets.iter().all(|target| target.made_on_demand);
    if made_on_demand && problem.sqlstate.as_deref() == Some("3D000") {
        return Verdict::Done(targets.iter().map(|_| Ok(nothing())).collect());
    }
    let results = targets.iter().map(|_| Err(problem.clone())).collect();
    match Loss::of(&problem) {
        Some(loss) => Verdict::Lost(results, loss),
        None => Verdict::Done(results),
    }
}

fn interrupted() -> Problem {
    Problem::new(
        Kind::Interrupted,
        "interrupted",
        "interrupted by a signal before this was looked at",
    )
}
