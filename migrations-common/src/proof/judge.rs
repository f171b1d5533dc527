//! What both orders show, put together.

use super::compare::compare;
use super::observe::Seen;
use super::order::{Ran, committed, refused, rolled_back};
use super::picture::{Compared, Picture};
use super::script::{Script, Unsendable};
use super::{DataVerdict, FactDifference, Failure, Order, Outcome, Proof, Side};
use crate::connect::Connection;
use crate::problem::Problem;
use crate::shadow::{Content, Replica, Shadow};

pub(super) fn prove(shadow: &mut Shadow, a: &Side, b: &Side) -> Result<Proof, Problem> {
    let server_version = shadow.server().version.to_string();
    let proof = |outcome, confirmed_by_commits, data| Proof {
        outcome,
        server_version,
        confirmed_by_commits,
        data,
    };
    let (a, b) = match (Script::of(a), Script::of(b)) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(Unsendable { why, place }), _) | (_, Err(Unsendable { why, place })) => {
            let place = Some(place);
            let outcome = Outcome::Unproven { why, place };
            return Ok(proof(outcome, false, not_compared()));
        }
    };
    let ignored = equal_without_commits(shadow, &a, &b)?;
    let result = match ignored {
        Some(ignored) => {
            let outcome = Outcome::Equal { ignored };
            Ok(proof(outcome, false, DataVerdict::NotTouched))
        }
        None => with_commits(shadow, &a, &b).map(|(outcome, data)| proof(outcome, true, data)),
    };
    let dropped = shadow.drop_copies();
    let proof = result?;
    dropped?;
    Ok(proof)
}

/// The column positions that differ, if a transaction that is rolled back shows all there is, and both orders leave
/// the same.
fn equal_without_commits(
    shadow: &mut Shadow,
    a: &Script<'_>,
    b: &Script<'_>,
) -> Result<Option<Vec<FactDifference>>, Problem> {
    if a.needs_commits() || b.needs_commits() {
        return Ok(None);
    }
    let mut pictures = Vec::new();
    for (first, second) in [(a, b), (b, a)] {
        match rolled_back(shadow, first, second)? {
            Some((done, picture))
                if !(done.first.needs_commits() || done.second.needs_commits()) =>
            {
                pictures.push(picture);
            }
            _ => return Ok(None),
        }
    }
    let [left, right] = pictures.as_slice() else {
        return Ok(None);
    };
    let Compared {
        differences,
        positions,
    } = left.compare(right);
    Ok(differences.is_empty().then_some(positions))
}

/// The verdict of copies with commits.
fn with_commits(
    shadow: &mut Shadow,
    a: &Script<'_>,
    b: &Script<'_>,
) -> Result<(Outcome, DataVerdict), Problem> {
    let forth = Applied::of(shadow, a, b)?;
    if let Err(Short::Nothing(outcome)) = forth {
        return Ok((outcome, not_compared()));
    }
    let back = Applied::of(shadow, b, a)?;
    let outcome = match (forth, back) {
        (Err(Short::Nothing(outcome)), _) | (_, Err(Short::Nothing(outcome))) => outcome,
        (Err(Short::SecondFails(a_then_b)), Err(Short::SecondFails(b_then_a))) => {
            Outcome::BothFail { a_then_b, b_then_a }
        }
        (Err(Short::SecondFails(failure)), Ok(_)) => Outcome::OneFails {
            works: Order::BThenA,
            failure,
        },
        (Ok(_), Err(Short::SecondFails(failure))) => Outcome::OneFails {
            works: Order::AThenB,
            failure,
        },
        (Ok(forth), Ok(back)) => return compare(shadow, a, b, forth, back),
    };
    Ok((outcome, not_compared()))
}

/// A copy on which an order ran.
pub(super) struct Applied {
    _replica: Box<Replica>,
    pub(super) reader: Connection,
    pub(super) picture: Picture,
    pub(super) content: Content,
    pub(super) first: Seen,
    pub(super) second: Seen,
}

/// Why there is none.
pub(super) enum Short {
    SecondFails(Failure),
    /// The order says nothing.
    Nothing(Outcome),
}

impl Applied {
    pub(super) fn of(
        shadow: &mut Shadow,
        first: &Script<'_>,
        second: &Script<'_>,
    ) -> Result<Result<Applied, Short>, Problem> {
        let (done, replica) = match committed(shadow, first, second)? {
            Ran::Done(done, replica) => (done, replica),
            Ran::SecondFails(failure) => return Ok(Err(Short::SecondFails(failure))),
            Ran::FirstFails(failure) => return Ok(Err(Short::Nothing(alone(failure)))),
            Ran::Ended { why, place } => {
                let place = Some(place);
                return Ok(Err(Short::Nothing(Outcome::Unproven { why, place })));
            }
        };
        let mut reader = replica.reader()?;
        let picture = Picture::read(&mut reader).map_err(refused)?;
        let content = Content::read(&mut reader).map_err(refused)?;
        let (mut first, mut second) = (done.first, done.second);
        first.count_rewritten(shadow.content());
        second.count_rewritten(shadow.content());
        Ok(Ok(Applied {
            _replica: replica,
            reader,
            picture,
            content,
            first,
            second,
        }))
    }
}

/// A side that fails by itself; for want of rights that a proof does not have, that says nothing about the side.
fn alone(failure: Failure) -> Outcome {
    if failure.sqlstate.as_deref() == Some("42501") {
        return Outcome::Unproven {
            why: format!("{}; a proof runs without superuser rights", failure.message),
            place: Some(failure.place),
        };
    }
    Outcome::AloneFails { failure }
}

fn not_compared() -> DataVerdict {
    DataVerdict::Unproven {
        tables: Vec::new(),
        why: "rows are compared only where both orders work".to_owned(),
    }
}
