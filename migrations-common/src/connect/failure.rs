//! One attempt to connect that failed, and what may be tried next.

use super::parameters::Parameters;
use crate::problem::{Kind, Problem};

/// One attempt that failed.
pub(super) struct Failure {
    pub(super) problem: Problem,
    /// Whether the answer would be the same elsewhere, so that no other host is tried.
    pub(super) is_final: bool,
    /// Whether with (or without) TLS it may work.
    pub(super) is_about_encryption: bool,
}

impl Failure {
    /// One that ends the search.
    pub(super) fn last(problem: Problem) -> Self {
        Failure {
            problem,
            is_final: true,
            is_about_encryption: false,
        }
    }

    /// One that another host or address may not have.
    pub(super) fn here(problem: Problem) -> Self {
        Failure {
            problem,
            is_final: false,
            is_about_encryption: false,
        }
    }

    /// One that may go away with TLS, or without it.
    pub(super) fn of_encryption(problem: Problem) -> Self {
        Failure {
            problem,
            is_final: false,
            is_about_encryption: true,
        }
    }

    /// This failure, with what had failed before it on the same address. That the server has no TLS says nothing new
    /// where TLS was only the second choice.
    pub(super) fn after(mut self, first: Failure) -> Self {
        if self.problem.code == "no-tls" {
            return first;
        }
        if first.problem.message != self.problem.message {
            let note = format!("before that: {}", first.problem.message);
            self.problem.notes.push(note);
        }
        self
    }

    /// The problem of a search that found no server: the last failure's, with the others as notes.
    pub(super) fn of_all(parameters: &Parameters, mut failures: Vec<Failure>) -> Problem {
        let Some(last) = failures.pop() else {
            let message = format!(
                "cannot connect to {}: its name has no address",
                parameters.display()
            );
            return Problem::new(Kind::Connect, "unreachable", message);
        };
        let mut problem = last.problem;
        for failure in failures {
            let message = failure.problem.message.clone();
            if message != problem.message && !problem.notes.contains(&message) {
                problem.notes.push(message);
            }
        }
        problem
    }
}
