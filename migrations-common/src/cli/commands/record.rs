//! `rollback`, `baseline` and `repair`: one database of one app, since versions belong to one series.

use std::sync::Arc;
use std::time::SystemTime;

use super::{choose, context, ended, one_database, one_track};
use crate::cli::args::{Baseline, Place, Repair, Rollback, Run, Selection};
use crate::cli::reporter::Reporter;
use crate::cli::runtime::Runtime;
use crate::cli::targets;
use crate::fleet;
use crate::problem::Problems;
use crate::report::Report;
use crate::runner::Context;
use crate::target::Target;

pub(super) fn rollback<S: Selection>(
    runtime: &Runtime,
    args: &Rollback<S>,
    reporter: &Reporter,
) -> Result<u8, Problems> {
    let asked = Asked {
        selection: &args.app,
        place: &args.place,
        run: &args.run,
    };
    asked.on_target(runtime, reporter, |targets, others, context| {
        fleet::roll_back(targets, others, args.to, &args.run.policy(), context)
    })
}

pub(super) fn baseline<S: Selection>(
    runtime: &Runtime,
    args: &Baseline<S>,
    reporter: &Reporter,
) -> Result<u8, Problems> {
    let asked = Asked {
        selection: &args.app,
        place: &args.place,
        run: &args.run,
    };
    asked.on_target(runtime, reporter, |targets, _, context| {
        fleet::baseline(targets, args.version, &args.run.policy(), context)
    })
}

pub(super) fn repair<S: Selection>(
    runtime: &Runtime,
    args: &Repair<S>,
    reporter: &Reporter,
) -> Result<u8, Problems> {
    let asked = Asked {
        selection: &args.app,
        place: &args.place,
        run: &args.run,
    };
    asked.on_target(runtime, reporter, |targets, _, context| {
        fleet::repair(targets, args.version, &args.run.policy(), context)
    })
}

/// What the three have in common.
struct Asked<'a, S> {
    selection: &'a S,
    place: &'a Place,
    run: &'a Run,
}

impl<S: Selection> Asked<'_, S> {
    fn on_target(
        &self,
        runtime: &Runtime,
        reporter: &Reporter,
        change: impl FnOnce(&[Arc<Target>], &[Arc<Target>], &Context) -> Report,
    ) -> Result<u8, Problems> {
        let apps = choose(runtime, self.selection, false)?;
        let mut place = self.place.clone();
        if let [app] = apps.as_slice() {
            place.databases = vec![one_database(app, &place)?.to_owned()];
            one_track(app, &place)?;
        }
        let started = SystemTime::now();
        let context = context(runtime, &place, reporter, self.run.lock_wait)?;
        let asked = targets::Asked {
            runtime,
            place: &place,
            set: &self.run.set,
            interrupt: &context.interrupt,
        };
        let resolved = targets::resolve(asked, &apps)?;
        reporter.warnings(&resolved.warnings);
        if let Some(later) = resolved.later.into_iter().next() {
            return Err(later.problem.into());
        }
        let resolved = targets::Resolved {
            targets: resolved.targets,
            ..targets::Resolved::default()
        };
        let others = targets::others(asked, &apps, &resolved).targets;
        targets::ensure(runtime, &resolved.targets)?;
        let report = change(&resolved.targets, &others, &context);
        Ok(ended(runtime, reporter, started, &report))
    }
}
