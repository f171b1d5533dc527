//! Several targets of one database in one transaction: all are changed, or none.

use std::sync::Arc;

use super::transaction::{needs_what_others_hold, unmet};
use super::{Context, Link, Runner, applied, two_histories};
use crate::batch::{BEGIN, Batch, Refused};
use crate::config::Granularity;
use crate::event::{Applied, Event, How};
use crate::failure::{self, Where};
use crate::history::{self, History, HistoryTable};
use crate::migration::Migration;
use crate::plan::{Request, Unit, cut, plan};
use crate::prepare::Prepared;
use crate::problem::{Kind, Problem};
use crate::report::{Outcome, TargetReport};

use crate::target::Target;

/// Applies what is pending on all of `targets`, which live in one database, in one transaction. A plan with cuts fails.
///
/// After the first target its locks are counted: if the server's lock table is too small for all, nothing is changed.
pub fn together(
    targets: &[(Arc<Target>, Arc<History>)],
    link: &mut Link,
    request: Request,
    context: &Context,
) -> Vec<TargetReport> {
    let mut histories: Vec<History> = targets.iter().map(|(_, h)| History::clone(h)).collect();
    let mut backoff = context.backoff();
    let mut told = false;
    loop {
        let (index, stop) = match attempt(targets, &histories, link, request, context) {
            Ok(applied) => return succeeded(targets, &histories, applied, context),
            Err(stopped) => stopped,
        };
        let problem = match stop {
            Stop::Fails(problem) => problem,
            Stop::Changed => match look_again(targets, link, context) {
                Ok(found) if found == histories => match targets.get(index) {
                    Some((target, _)) => two_histories(target),
                    None => return Vec::new(),
                },
                Ok(found) => {
                    histories = found;
                    continue;
                }
                Err(problem) => problem,
            },
            Stop::Locked => {
                let Some((target, _)) = targets.get(index) else {
                    return Vec::new();
                };
                let mut runner = Runner::new(target, link, context);
                match runner.wait_for_lock(&mut backoff, &mut told, None) {
                    Ok(()) => continue,
                    Err(problem) => problem,
                }
            }
            Stop::Held(problem) => match backoff.pause() {
                Some(pause) => {
                    context.interrupt.sleep(pause);
                    continue;
                }
                None => problem,
            },
        };
        return failed(targets, &histories, index, problem);
    }
}

/// The only unit of what is pending, or why there are several.
///
/// # Errors
/// `cut-in-one-transaction`.
pub fn one_unit(pending: Vec<Prepared>) -> Result<Option<Unit>, Problem> {
    let mut units = cut(pending, Granularity::Target);
    let whole = |unit: &Unit| {
        let asks = unit.migrations.iter().any(|file| file.only_if.is_some());
        unit.transactional && !asks
    };
    let cut_at = match units.as_slice() {
        [] => return Ok(None),
        [only] if whole(only) => None,
        [first, ..] if !whole(first) => first.migrations.first(),
        [_, second, ..] => second.migrations.first(),
        [_] => None,
    };
    let Some(file) = cut_at else {
        return Ok(units.pop());
    };
    let mut problem = Problem::verification(
        "cut-in-one-transaction",
        format!(
            "{} cannot share a transaction with what stands before it",
            file.migration.label()
        ),
    )
    .at(file.source.place(0..0))
    .note("a no-transaction file, `only-if`, `commit-before`, a new enum value and VALIDATE after NOT VALID need a commit in between")
    .help("run it without --atomic, and with another `transaction` than \"database\"");
    problem.migration = Some(file.migration.label());
    Err(problem)
}

/// Why the transaction was rolled back.
enum Stop {
    /// Another runner changed a history.
    Changed,
    /// Another runner holds a target's lock.
    Locked,
    /// Others hold a table's lock.
    Held(Problem),
    /// For good.
    Fails(Problem),
}

type Shares = Vec<Vec<Applied>>;

fn attempt(
    targets: &[(Arc<Target>, Arc<History>)],
    histories: &[History],
    link: &mut Link,
    request: Request,
    context: &Context,
) -> Result<Shares, (usize, Stop)> {
    let session = link
        .session(context)
        .map_err(|problem| (0, Stop::Fails(problem)))?;
    let begun = session.ask(BEGIN.trim_end());
    begun.map_err(|error| {
        let problem = error.into_problem(Kind::Connect, "connection-lost");
        (0, Stop::Fails(problem))
    })?;
    let mut shares: Shares = Vec::new();
    let mut counted = false;
    for (index, ((target, _), history)) in targets.iter().zip(histories).enumerate() {
        let share = Runner::new(target, link, context).share(history, request);
        let share = share.map_err(|stop| (index, stop))?;
        if !counted && !share.is_empty() {
            counted = true;
            let more = targets.len() - index - 1;
            check_locks(link, more).map_err(|problem| (index, Stop::Fails(problem)))?;
        }
        shares.push(share);
    }
    let lost = |problem: Problem| (targets.len().saturating_sub(1), Stop::Fails(problem));
    let session = link.same_session().ok_or_else(|| lost(gone()))?;
    session.ask("commit").map_err(|error| {
        let is_lost = error.connection_lost;
        let problem = error.into_problem(Kind::Failed, "connection-lost");
        lost(if is_lost {
            problem.help("whether it was committed is not known; run it again: it will look")
        } else {
            problem
        })
    })?;
    Ok(shares)
}

impl Runner<'_> {
    /// Runs what is pending in the transaction that is open on the link.
    fn share(&mut self, history: &History, request: Request) -> Result<Vec<Applied>, Stop> {
        if let Err(problem) = self.stop_if_interrupted() {
            return Err(Stop::Fails(problem));
        }
        let fails = |problems: Vec<Problem>| {
            let first = problems.into_iter().next();
            Stop::Fails(first.unwrap_or_else(gone))
        };
        let plan = plan(&self.target.series, history, request, &self.target.values);
        let unit = one_unit(plan.map_err(fails)?.pending).map_err(Stop::Fails)?;
        let Some(unit) = unit else {
            return Ok(Vec::new());
        };
        let files: Vec<&Prepared> = unit.migrations.iter().collect();
        let migrations: Vec<&Arc<Migration>> = files.iter().map(|file| &file.migration).collect();
        let requires = self.required(files.iter().map(|file| &file.directives));
        let record = self.create_table(history)
            + &history::insert(&self.target.history, self.form(history), &migrations, None);
        let batch = Batch::part(self.target, history, &requires, &files, &record);
        let Some(session) = self.link.same_session() else {
            return Err(Stop::Fails(gone()));
        };
        match session.run(self.target, &files, &batch.sql) {
            Ok(reached) => Ok(applied(&files, How::InTransaction, &reached.elapsed)),
            Err((error, reached)) => {
                if let Err(problem) = self.stop_if_interrupted() {
                    return Err(Stop::Fails(problem));
                }
                let at = Where::Batch(&batch, reached.mark);
                let (_, problem) = failure::describe(&error, &files, &at);
                Err(match Refused::of(&error) {
                    Some(Refused::Busy) => Stop::Locked,
                    Some(Refused::HistoryChanged) => Stop::Changed,
                    Some(Refused::Requirement(message)) => Stop::Fails(unmet(message)),
                    _ if needs_what_others_hold(&error) => Stop::Held(problem),
                    _ => Stop::Fails(problem),
                })
            }
        }
    }
}

/// Compares the locks that the first target holds with those that the server has left (manual, 20.12: the lock table
/// has room for `max_locks_per_transaction` objects for each of `max_connections` and `max_prepared_transactions`).
fn check_locks(link: &mut Link, more: usize) -> Result<(), Problem> {
    let failed =
        |error: crate::connect::ServerError| error.into_problem(Kind::Failed, "lock-budget");
    let session = link.same_session().ok_or_else(gone)?;
    let answer = session.ask(LOCKS).map_err(failed)?.unwrap_or_default();
    let mut numbers = answer
        .split(' ')
        .map(|number| number.parse::<usize>().unwrap_or(0));
    let (Some(held), Some(left), Some(slots)) = (numbers.next(), numbers.next(), numbers.next())
    else {
        return Ok(());
    };
    let needed = held.saturating_mul(more);
    if needed <= left {
        return Ok(());
    }
    // Nothing of it shall stay; the first error is the one to report.
    let _ = session.ask("rollback");
    let per_slot = (needed + held).div_ceil(slots.max(1)) + 1;
    Err(Problem::verification(
        "lock-budget",
        format!(
            "one transaction for {} targets needs about {} locks, and the server has room for {left}",
            more + 1,
            needed + held
        ),
    )
    .note(format!("the first target holds {held}; it was rolled back"))
    .help(format!("set max_locks_per_transaction = {per_slot} or more, and restart the server"))
    .help("or run without --atomic: each target commits by itself, and a re-run does the rest"))
}

const LOCKS: &str = "select (select count(*) from pg_locks where pid = pg_backend_pid()) || ' ' || \
     greatest(0, s.slots * current_setting('max_locks_per_transaction')::int8 \
       - (select count(*) from pg_locks where not fastpath)) || ' ' || s.slots \
     from (select current_setting('max_connections')::int8 \
       + current_setting('max_prepared_transactions')::int8 as slots) s";

fn look_again(
    targets: &[(Arc<Target>, Arc<History>)],
    link: &mut Link,
    context: &Context,
) -> Result<Vec<History>, Problem> {
    let tables: Vec<HistoryTable> = targets
        .iter()
        .map(|(target, _)| target.history.clone())
        .collect();
    let session = link.session(context)?;
    history::read(session.client(), &tables)
        .map_err(|error| error.into_problem(Kind::Connect, "connection-lost"))?
        .into_iter()
        .collect()
}

fn succeeded(
    targets: &[(Arc<Target>, Arc<History>)],
    histories: &[History],
    shares: Shares,
    context: &Context,
) -> Vec<TargetReport> {
    let report =
        |(((target, _), history), share): ((&(Arc<Target>, _), &History), Vec<Applied>)| {
            for applied in &share {
                (context.observer)(&Event::Done {
                    target: Arc::clone(target),
                    applied: applied.clone(),
                });
            }
            let newest = share.last().map(|applied| applied.migration.version);
            let mut report = TargetReport::at_head(target);
            report.current = newest.max(history.current());
            if !share.is_empty() {
                report.outcome = Outcome::Applied;
            }
            report.applied = share;
            report
        };
    targets
        .iter()
        .zip(histories)
        .zip(shares)
        .map(report)
        .collect()
}

fn failed(
    targets: &[(Arc<Target>, Arc<History>)],
    histories: &[History],
    failed: usize,
    problem: Problem,
) -> Vec<TargetReport> {
    let others = targets.len().saturating_sub(1);
    let mut problem = Some(problem.note(format!(
        "one transaction for all: nothing of it remains on the {others} others either"
    )));
    let targets = targets.iter().zip(histories).enumerate();
    targets
        .map(|(index, ((target, _), history))| {
            let mut report = TargetReport::at_head(target);
            report.current = history.current();
            report.outcome = Outcome::NotReached;
            if index == failed
                && let Some(problem) = problem.take()
            {
                report.fail(vec![problem]);
            }
            report
        })
        .collect()
}

fn gone() -> Problem {
    Problem::failed(
        "connection-lost",
        "the connection is gone, and with it the transaction",
    )
    .help("run it again: nothing of it remains")
}
