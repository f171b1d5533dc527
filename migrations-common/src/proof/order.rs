//! Running one order: in a transaction that is rolled back, or with the commits that the engine would make.

use super::Failure;
use super::picture::Picture;
use super::run::{Done, Stopped, in_transaction, roll_back, with_commits};
use super::script::Script;
use crate::connect::ServerError;
use crate::problem::{Kind, Place, Problem};
use crate::shadow::{Limits, Replica, Shadow, missing_role};

/// What an order came to.
pub(super) enum Ran {
    /// Both sides ran.
    Done(Done, Box<Replica>),
    /// The side that runs first does not even run alone.
    FirstFails(Failure),
    /// The side that runs second fails.
    SecondFails(Failure),
    /// A limit of ours ended it, which says nothing about the sides.
    Ended { why: String, place: Place },
}

/// Roles that two sides may name and the server lacks.
const MOST_MISSING: usize = 50;

/// Runs `first` and `second` in one transaction, and rolls it back. `None` if something failed, which commits have to
/// confirm.
pub(super) fn rolled_back(
    shadow: &mut Shadow,
    first: &Script<'_>,
    second: &Script<'_>,
) -> Result<Option<(Done, Picture)>, Problem> {
    let limits = shadow.limits();
    for _ in 0..MOST_MISSING {
        let mut replica = shadow.replica()?;
        let base = shadow.content();
        let watched = replica.within(limits.order, |client| {
            let result = in_transaction(client, first, second, limits);
            // A rollback takes back no number that was taken from a sequence.
            let as_before = roll_back(client).and_then(|()| base.has_positions(client));
            (result, as_before.unwrap_or(false))
        })?;
        let (result, as_before) = watched.value;
        if as_before && !watched.timed_out {
            shadow.keep(replica);
        }
        match result {
            Ok(seen) => return Ok(Some(seen)),
            Err(stopped) => match missing_role(&stopped.error) {
                Some(role) if shadow.ensure_role(&role)? => {}
                _ => return Ok(None),
            },
        }
    }
    Err(too_many_roles())
}

/// Runs `first` and `second` on a copy, as the engine would, and returns the copy with them applied.
pub(super) fn committed(
    shadow: &mut Shadow,
    first: &Script<'_>,
    second: &Script<'_>,
) -> Result<Ran, Problem> {
    let limits = shadow.limits();
    for _ in 0..MOST_MISSING {
        let mut replica = shadow.replica()?;
        let watched = replica.within(limits.order, |client| {
            with_commits(client, first, second, limits)
        })?;
        let stopped = match watched.value {
            Ok(done) => return Ok(Ran::Done(done, Box::new(replica))),
            Err(stopped) => stopped,
        };
        drop(replica);
        match missing_role(&stopped.error) {
            Some(role) if shadow.ensure_role(&role)? => {}
            _ => return conclude(shadow, stopped, watched.timed_out, first, second),
        }
    }
    Err(too_many_roles())
}

/// What it means that an order stopped.
fn conclude(
    shadow: &mut Shadow,
    stopped: Stopped,
    timed_out: bool,
    first: &Script<'_>,
    second: &Script<'_>,
) -> Result<Ran, Problem> {
    let Stopped {
        is_second,
        at,
        error,
    } = stopped;
    let script = if is_second { second } else { first };
    let limits = shadow.limits();
    let (step, statement) = match at {
        Some(at) => at,
        // The time was over between two statements.
        None if timed_out => (0, None),
        None => return Err(refused(error)),
    };
    if error.connection_lost && !timed_out && !shadow.is_alive() {
        return Err(refused(error));
    }
    let mut failure = script.failure(step, statement, &error);
    if error.connection_lost {
        // Whether the server's last words arrive is a matter of luck.
        "it ended its own session".clone_into(&mut failure.message);
        failure.sqlstate = None;
    }
    let ended = if timed_out {
        Some(format!(
            "running both sides takes longer than the {} s that a proof has",
            limits.order.as_secs_f64()
        ))
    } else {
        ended_by_limit(&error, limits)
    };
    Ok(match ended {
        Some(why) => Ran::Ended {
            why,
            place: failure.place,
        },
        None if is_second => Ran::SecondFails(failure),
        None => Ran::FirstFails(failure),
    })
}

/// A cancelled statement, or a machine without space: neither is about the order.
fn ended_by_limit(error: &ServerError, limits: Limits) -> Option<String> {
    match error.sqlstate.as_deref()? {
        "57014" => Some(format!(
            "{}; a proof gives a statement {} s",
            error.message,
            limits.statement.as_secs_f64()
        )),
        code if code.starts_with("53") => Some(format!(
            "the server ran out of something: {}",
            error.message
        )),
        _ => None,
    }
}

/// A statement of ours that failed, or a server that is gone.
pub(super) fn refused(mut error: ServerError) -> Problem {
    if !error.connection_lost {
        return error.into_problem(Kind::Failed, "proof");
    }
    error.message = format!(
        "the embedded server went away while migrations ran on it: {}",
        error.message
    );
    error.into_problem(Kind::Connect, "proof")
}

fn too_many_roles() -> Problem {
    Problem::failed(
        "proof",
        format!("the migrations name more than {MOST_MISSING} roles that the server lacks"),
    )
}
