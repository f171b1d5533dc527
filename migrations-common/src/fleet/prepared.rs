//! All targets of a run, looked at and planned before anything changes.
//!
//! Ten thousand tenants stand at two or three different points. What is the same for all that stand at one is kept once:
//! their history, and their plan.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::later::Later;
use super::look::look;
use super::migrate::MigrateRequest;
use super::pool::Pool;
use crate::app::Series;
use crate::history::{History, Known, Seen};
use crate::migration::{Migration, Version};
use crate::plan::{self, Plan};
use crate::problem::{Kind, Problem};
use crate::program::Program;
use crate::report::{TargetReport, Unresolved};
use crate::requirement::{self, Progress, Step};
use crate::runner::Context;
use crate::target::Target;
use crate::track::Track;

/// All targets of a run, with what was found of each.
pub(super) struct Prepared<'r> {
    pub(super) entries: Vec<Entry>,
    /// Series whose targets are not known yet.
    pub(super) later: Vec<Later>,
    /// Every app's series, for messages on what is not among the entries.
    pub(super) series: Vec<Arc<Series>>,
    pub(super) pool: Pool,
    pub(super) request: &'r MigrateRequest,
    pub(super) context: &'r Context,
    known: Known,
    plans: Plans,
}

/// One target of a run.
pub(super) struct Entry {
    pub(super) target: Arc<Target>,
    /// Whether the user named it; else it is there for what others require.
    pub(super) asked: bool,
    pub(super) history: Arc<History>,
    pub(super) plan: Arc<Plan>,
    pub(super) report: TargetReport,
    /// Whether its schema has to be made before anything runs in it.
    pub(super) make_schema: bool,
    /// Whether it must not run, for what is wrong with another target of its series.
    pub(super) held_back: bool,
    /// The version up to which all is applied, since it ran.
    pub(super) reached: Option<Version>,
}

/// The plans made so far: targets of one series with one history have one plan up to a version.
type Plans = HashMap<(usize, usize, Option<Version>), Result<Arc<Plan>, Vec<Problem>>>;

impl<'r> Prepared<'r> {
    pub(super) fn new(
        targets: &[Arc<Target>],
        others: &[Arc<Target>],
        request: &'r MigrateRequest,
        context: &'r Context,
    ) -> Self {
        let mut series: Vec<Arc<Series>> = Vec::new();
        let of_targets = targets.iter().chain(others).map(|target| &target.series);
        let of_later = request.later.iter().map(|later| &later.series);
        let mut seen = HashSet::new();
        for one in of_targets.chain(of_later).chain(&*context.known) {
            if seen.insert(Arc::as_ptr(one)) {
                series.push(Arc::clone(one));
            }
        }
        let mut prepared = Prepared {
            entries: Vec::new(),
            later: request.later.clone(),
            series,
            pool: Pool::default(),
            request,
            context,
            known: Known::default(),
            plans: Plans::new(),
        };
        prepared.add_all(targets, others);
        prepared.ask_again();
        prepared
    }

    /// Looks at targets that were found on the way.
    pub(super) fn add(&mut self, targets: &[Arc<Target>]) {
        let seen = self.look(targets);
        for (target, seen) in targets.iter().zip(seen) {
            let entry = self.entry(target, true, seen, self.request.plan);
            self.entries.push(entry);
        }
    }

    fn ask_again(&mut self) {
        for later in std::mem::take(&mut self.later) {
            if self.waits_for_global(&later.series) {
                self.later.push(later);
                continue;
            }
            match later.again() {
                Ok(targets) => self.add(&targets),
                Err(later) => self.later.push(later),
            }
        }
    }

    fn add_all(&mut self, targets: &[Arc<Target>], others: &[Arc<Target>]) {
        let later = self.later.iter().map(|later| &later.series);
        let mut asked: Vec<Arc<Series>> = targets
            .iter()
            .map(|target| &target.series)
            .chain(later)
            .map(Arc::clone)
            .collect();
        asked.dedup_by(|one, other| Arc::ptr_eq(one, other));
        let perhaps = requirement::closure(asked.iter().flat_map(|s| &s.migrations), &self.series);
        let comes_first = |other: &Series| asked.iter().any(|series| other.comes_before(series));
        // Not all of this will be needed, but one look shows it all.
        let is_needed = |other: &&Arc<Target>| {
            perhaps.contains_key(&other.series.name()) || comes_first(&other.series)
        };
        let looked: Vec<Arc<Target>> = targets
            .iter()
            .chain(others.iter().filter(is_needed))
            .map(Arc::clone)
            .collect();
        let mut seen = looked.iter().zip(self.look(&looked));
        for (target, seen) in seen.by_ref().take(targets.len()) {
            let entry = self.entry(target, true, seen, self.request.plan);
            self.entries.push(entry);
        }
        let pending = self
            .entries
            .iter()
            .flat_map(|entry| &entry.plan.pending)
            .map(|file| &file.migration)
            .chain(self.later.iter().flat_map(|later| &later.series.migrations));
        let needed = requirement::closure(pending, &self.series);
        for (target, seen) in seen {
            let up_to = needed
                .get(&target.series.name())
                .and_then(|version| newest(&target.series, *version));
            let all = comes_first(&target.series);
            if all || up_to.is_some() {
                let request = plan::Request {
                    up_to: up_to.filter(|_| !all),
                    ..self.request.plan
                };
                let entry = self.entry(target, false, seen, request);
                self.entries.push(entry);
            }
        }
    }

    fn look(&mut self, targets: &[Arc<Target>]) -> Vec<Result<Seen, Problem>> {
        let jobs = self.request.policy.jobs;
        look(&mut self.pool, targets, &self.known, jobs, self.context)
    }

    fn entry(
        &mut self,
        target: &Arc<Target>,
        asked: bool,
        seen: Result<Seen, Problem>,
        request: plan::Request,
    ) -> Entry {
        let mut entry = Entry {
            target: Arc::clone(target),
            asked,
            history: Arc::default(),
            plan: Arc::default(),
            report: TargetReport::at_head(target),
            make_schema: false,
            held_back: false,
            reached: None,
        };
        let seen = match seen {
            Ok(seen) => seen,
            Err(problem) => {
                entry.report.fail(vec![problem]);
                return entry;
            }
        };
        if target.lacks_schema(&seen) {
            entry.report.fail(vec![missing_schema(target)]);
            return entry;
        }
        entry.make_schema = target.series.track == Some(Track::Tenant) && !seen.schema_exists;
        entry.report.current = seen.history.current();
        entry.history = seen.history;
        match self.plan(&entry, request) {
            Ok(plan) => entry.plan = plan,
            Err(problems) => entry.report.fail(problems),
        }
        entry
    }

    /// The plan of `entry`. Only values of placeholders differ between the targets of a series, and they stop nothing.
    fn plan(&mut self, entry: &Entry, request: plan::Request) -> Result<Arc<Plan>, Vec<Problem>> {
        let target = &entry.target;
        let key = (
            Arc::as_ptr(&target.series).addr(),
            Arc::as_ptr(&entry.history).addr(),
            request.up_to,
        );
        let made = self.plans.entry(key).or_insert_with(|| {
            plan::plan(&target.series, &entry.history, request, &target.values).map(Arc::new)
        });
        made.clone()
    }

    /// The order in which series run.
    pub(super) fn order(&self) -> Result<Vec<(Arc<Series>, Step)>, Vec<Problem>> {
        let progress = self.progress();
        let steps = requirement::order(&progress, &self.series, &self.context.program)?;
        let of = |step: Step| Some((Arc::clone(progress.get(step.series)?.series), step));
        Ok(steps.into_iter().filter_map(of).collect())
    }

    /// How far each series is, whatever the number of its targets; in the order that they were asked for.
    fn progress(&self) -> Vec<Progress<'_>> {
        let mut all: Vec<Progress<'_>> = Vec::new();
        let mut seen: HashSet<(usize, usize, bool)> = HashSet::new();
        for entry in &self.entries {
            let series = &entry.target.series;
            let runs = entry.asked || self.request.with_requirements;
            let kind = (
                Arc::as_ptr(series).addr(),
                Arc::as_ptr(&entry.history).addr(),
                entry.asked,
            );
            let failed = !entry.report.problems.is_empty();
            if !failed && !seen.insert(kind) {
                continue;
            }
            let pending = entry.plan.pending.iter().map(|file| &file.migration);
            let (pending, left_out): (Vec<&Arc<Migration>>, Vec<_>) = pending.partition(|_| runs);
            let left_out = left_out.into_iter().map(|migration| migration.version);
            let applied = entry.history.rows.iter().map(|row| row.version).collect();
            match all
                .iter_mut()
                .find(|one| one.series.name() == series.name())
            {
                Some(one) => {
                    one.applied = one.applied.intersection(&applied).copied().collect();
                    one.pending.extend(pending);
                    one.pending.sort_by_key(|migration| migration.version);
                    one.pending.dedup_by_key(|migration| migration.version);
                    one.left_out.extend(left_out);
                }
                None => all.push(Progress {
                    series,
                    applied,
                    pending,
                    left_out: left_out.collect(),
                }),
            }
        }
        let up_to = self.request.plan.up_to;
        let fresh = self.later.iter().map(|later| Progress {
            series: &later.series,
            applied: BTreeSet::new(),
            pending: later
                .series
                .migrations
                .iter()
                .filter(|m| up_to.is_none_or(|limit| m.version <= limit))
                .collect(),
            left_out: BTreeSet::new(),
        });
        all.extend(fresh);
        let of_nobody = self.request.nobody.iter().map(|series| Progress {
            series,
            applied: series.migrations.iter().map(|m| m.version).collect(),
            pending: Vec::new(),
            left_out: BTreeSet::new(),
        });
        all.extend(of_nobody);
        all
    }

    /// Whether something is pending on the global track that `series` comes after.
    pub(super) fn waits_for_global(&self, series: &Series) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.target.series.comes_before(series) && !entry.plan.pending.is_empty())
    }

    /// Fails the tenants that were asked for without the global track, where that has something pending. Of series whose
    /// tenants nobody can name yet, it is said in return.
    pub(super) fn refuse_tenants_before_global(&mut self) -> Vec<Unresolved> {
        let is_left_out = |entry: &&Entry| {
            !entry.asked && !entry.plan.pending.is_empty() && !self.request.with_requirements
        };
        let left_out: Vec<(Arc<Series>, usize)> = self
            .entries
            .iter()
            .filter(is_left_out)
            .map(|entry| (Arc::clone(&entry.target.series), entry.plan.pending.len()))
            .collect();
        let program = &self.context.program;
        let problem = |series: &Series| {
            let mut left_out = left_out.iter();
            let (global, pending) = left_out.find(|(global, _)| global.comes_before(series))?;
            Some(global_first(global, *pending, program))
        };
        let entries = self.entries.iter_mut();
        for entry in entries.filter(|entry| entry.asked && entry.is_waiting()) {
            if let Some(problem) = problem(&entry.target.series) {
                entry.report.fail(vec![problem]);
            }
        }
        let (mut later, mut refused) = (Vec::new(), Vec::new());
        for one in std::mem::take(&mut self.later) {
            match problem(&one.series) {
                Some(problem) => refused.push(Unresolved {
                    series: one.series,
                    problem,
                }),
                None => later.push(one),
            }
        }
        self.later = later;
        refused
    }
}

impl Entry {
    /// Where a step up to `version` stops here: what nobody asked for goes no further than others require.
    pub(super) fn stop(&self, version: Version) -> Version {
        let last = self.plan.pending.last().filter(|_| !self.asked);
        last.map_or(version, |file| file.migration.version.min(version))
    }

    /// Whether it has something to apply up to `version`.
    pub(super) fn has_pending_up_to(&self, version: Version) -> bool {
        self.plan.pending.iter().any(|file| {
            let pending = file.migration.version;
            pending <= version && self.reached.is_none_or(|reached| pending > reached)
        })
    }

    /// Whether it has anything left to apply.
    pub(super) fn is_waiting(&self) -> bool {
        self.has_pending_up_to(Version::MAX)
    }
}

/// The newest version of `series` that is not above `version`; what does not exist cannot be planned.
fn newest(series: &Series, version: Version) -> Option<Version> {
    let versions = series.migrations.iter().map(|migration| migration.version);
    versions.filter(|known| *known <= version).max()
}

pub(super) fn missing_schema(target: &Target) -> Problem {
    let schema = &target.history.schema;
    let named = target.origin.as_ref().map_or_else(
        || format!("there is no schema `{schema}`"),
        |origin| format!("{origin} names `{schema}`, and there is no such schema"),
    );
    Problem::failed("missing-schema", named)
        .note("a tenant's schema is made when the tenant is: a name that is mistyped makes none")
        .help(format!(
            "create schema {}, or take the name out of the source of tenants",
            crate::sql::quote::identifier(schema)
        ))
}

fn global_first(global: &Series, pending: usize, program: &Program) -> Problem {
    let plural = if pending == 1 {
        "migration"
    } else {
        "migrations"
    };
    Problem::new(
        Kind::Requirement,
        "missing-requirement",
        format!(
            "{} comes first, with {pending} {plural} pending",
            global.label()
        ),
    )
    .help(format!(
        "leave out --track tenant, or first: {}",
        program.command("migrate", &global.name(), None)
    ))
    .help("or let this run do it: --with-requirements")
}
