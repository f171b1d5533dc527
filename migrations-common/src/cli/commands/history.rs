//! `history`: what is recorded as applied.

use std::time::Duration;

use super::{choose, context};
use crate::cli::args::{History, Selection};
use crate::cli::reporter::Reporter;
use crate::cli::runtime::Runtime;
use crate::cli::targets::{self, Asked};
use crate::fleet;
use crate::problem::{Problem, Problems};

pub(super) fn run<S: Selection>(
    runtime: &Runtime,
    args: &History<S>,
    reporter: &Reporter,
) -> Result<u8, Problems> {
    let apps = choose(runtime, &args.apps, true)?;
    let context = context(runtime, &args.place, reporter, Duration::ZERO)?;
    let asked = Asked {
        runtime,
        place: &args.place,
        set: &[],
        interrupt: &context.interrupt,
    };
    let resolved = targets::resolve(asked, &apps)?;
    reporter.warnings(&resolved.warnings);
    // Where nobody can name the tenants, nothing is known to be recorded of them.
    for later in resolved.later {
        reporter.warnings(&[later.problem]);
    }
    let targets = resolved.targets;
    let histories = fleet::histories(&targets, &context);
    reporter.history(&histories);
    let failed: Vec<Problem> = histories
        .iter()
        .filter_map(|(_, found)| found.as_ref().err().cloned())
        .collect();
    Ok(match failed.len() {
        0 => 0,
        n if n == histories.len() => Problems(failed).exit_code(),
        _ => 6,
    })
}
