//! `migrate`: run what is pending, print the plan, or write it as SQL.

use std::time::SystemTime;

use super::{choose, context, ended, one_track, scripts};
use crate::app::App;
use crate::cli::args::{Migrate, Place, Selection};
use crate::cli::reporter::Reporter;
use crate::cli::runtime::Runtime;
use crate::cli::targets::{self, Asked};
use crate::fleet::{self, MigrateRequest, Policy};
use crate::plan::Request;
use crate::problem::{Problem, Problems};
use crate::report::Unresolved;
use crate::track::Track;

pub(super) fn run<S: Selection>(
    runtime: &Runtime,
    args: &Migrate<S>,
    reporter: &Reporter,
) -> Result<u8, Problems> {
    let apps = choose(runtime, &args.apps, false)?;
    let request = Request {
        up_to: args.to,
        out_of_order: args.out_of_order.is_some(),
    };
    if args.to.is_some() {
        for app in &apps {
            one_track(app, &args.place)?;
        }
    }
    let started = SystemTime::now();
    let policy = args.policy()?;
    let context = context(runtime, &args.place, reporter, args.run.lock_wait)?;
    let asked = Asked {
        runtime,
        place: &args.place,
        set: &args.run.set,
        interrupt: &context.interrupt,
    };
    if let Some(directory) = &args.sql {
        let files = scripts::write(asked, &apps, args.template, request, directory)?;
        reporter.warnings(&files.warnings);
        reporter.written(&files.written);
        return Ok(0);
    }
    let resolved = targets::resolve(asked, &apps)?;
    reporter.warnings(&resolved.warnings);
    refuse_what_does_not_fit(&policy, &apps, &args.place)?;
    let others = targets::others(asked, &apps, &resolved);
    let (targets, mut nobody) = (resolved.targets, resolved.nobody);
    nobody.extend(others.nobody);
    let others = others.targets;
    let request = MigrateRequest {
        plan: request,
        strict: args.strict,
        with_requirements: args.with_requirements,
        policy,
        later: resolved.later,
        nobody,
    };
    if args.dry_run {
        let (plans, report) = fleet::dry_run(&targets, &others, &request, &context);
        reporter.plans(&plans, &report);
        let mut targets = report.targets.iter();
        let failed = targets.any(|target| !target.problems.is_empty())
            || report.unresolved.iter().any(Unresolved::is_failure);
        return Ok(if failed { report.exit_code() } else { 0 });
    }
    targets::ensure(runtime, &targets)?;
    if args.with_requirements {
        targets::ensure(runtime, &others)?;
    }
    let report = fleet::migrate(&targets, &others, &request, &context);
    Ok(ended(runtime, reporter, started, &report))
}

fn refuse_what_does_not_fit(policy: &Policy, apps: &[&App], place: &Place) -> Result<(), Problem> {
    let mut series = apps
        .iter()
        .flat_map(|app| &app.series)
        .filter(|s| place.means(s));
    if policy.atomic && policy.canary.is_some() {
        return Err(Problem::usage(
            "atomic-canary",
            "--atomic puts all tenants into one transaction, and --canary some before the others",
        )
        .help("leave out one of the two"));
    }
    if policy.atomic && !series.any(|series| series.track == Some(Track::Tenant)) {
        return Err(Problem::usage(
            "atomic-without-tenants",
            "--atomic puts the tenants of one database into one transaction, and there are none",
        )
        .help(
            "name a database of layout schema-per-tenant; for one target: transaction = \"target\"",
        ));
    }
    Ok(())
}
