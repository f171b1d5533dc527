//! `status`: which version each target stands at.

use std::time::Duration;

use super::{choose, context};
use crate::cli::args::{Selection, Status};
use crate::cli::reporter::Reporter;
use crate::cli::runtime::Runtime;
use crate::cli::targets::{self, Asked};
use crate::fleet::{self, State};
use crate::problem::{Kind, Problems};
use crate::report::Unresolved;

/// Exit status of a checking command that found something.
const FOUND: u8 = 3;

pub(super) fn run<S: Selection>(
    runtime: &Runtime,
    args: &Status<S>,
    reporter: &Reporter,
) -> Result<u8, Problems> {
    let apps = choose(runtime, &args.apps, true)?;
    let context = context(runtime, &args.place, reporter, Duration::ZERO)?;
    let asked = Asked {
        runtime,
        place: &args.place,
        set: &args.set,
        interrupt: &context.interrupt,
    };
    let resolved = targets::resolve(asked, &apps)?;
    reporter.warnings(&resolved.warnings);
    let status = fleet::status(&resolved.targets, &resolved.later, &context);
    reporter.status(&status);
    let count = |state: State| {
        status
            .targets
            .iter()
            .filter(|target| target.state == state)
            .count()
    };
    let unreachable = count(State::Unreachable);
    let stopped =
        count(State::Diverged) > 0 || status.unresolved.iter().any(Unresolved::is_failure);
    Ok(if unreachable > 0 {
        if unreachable == status.targets.len() {
            Kind::Connect.exit_code()
        } else {
            6
        }
    } else if stopped || (args.strict && count(State::Ahead) > 0) {
        Kind::Verification.exit_code()
    } else if args.check && count(State::Pending) > 0 {
        FOUND
    } else {
        0
    })
}
