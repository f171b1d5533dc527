//! `--prove`: both orders run on PostgreSQL, on what the base's migrations make, and what that says about a verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use migrations_common::app::{App, Series};
use migrations_common::embedded::Running;
use migrations_common::placeholder::Values;
use migrations_common::prepare;
use migrations_common::problem::Problem;
use migrations_common::proof::{self, DataVerdict, Order, Outcome, Proof, Step};
use migrations_common::shadow::{Base, Limits, Shadow};
use migrations_common::target::Scope;
use migrations_effects::verdict::{Side, Verdict};

use super::landscape::{NewScripts, place_of};
use super::meeting::Meeting;
use crate::new_migrations::{NewMigrations, Origin};

/// The tenant whose schema stands for all on the shadow database.
const REFERENCE: &str = "reference";
/// Differences that a finding tells.
const TOLD: usize = 3;

/// Where proofs run.
pub(crate) struct Prover<'w> {
    server: Running,
    /// The apps as they stand on the base's tip.
    base: Vec<App>,
    /// The apps here, for the values of placeholders.
    here: &'w [App],
    shadows: BTreeMap<String, Result<Shadow, Problem>>,
}

/// What running both orders says about a meeting.
pub(super) struct Proved {
    pub(super) shown: Shown,
    /// What a finding says of it.
    pub(super) notes: Vec<String>,
}

/// What both orders were shown to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Nothing,
    /// They leave the same.
    Commutes,
    /// They leave something different.
    Differs,
    /// Only with this side first everything works.
    Works(Side),
    /// Something fails either way.
    Fails,
}

impl Shown {
    /// A verdict of the text, and who should come first, in the light of what was shown.
    pub(super) fn of(self, verdict: Verdict, first: Option<Side>) -> (Verdict, Option<Side>) {
        match self {
            Shown::Nothing => (verdict, first),
            Shown::Commutes => (Verdict::Commutes, None),
            Shown::Differs => (verdict.max(Verdict::Order), first),
            Shown::Works(side) if verdict != Verdict::Contradictory => (Verdict::Order, Some(side)),
            Shown::Works(side) => (verdict, Some(side)),
            Shown::Fails => (Verdict::Contradictory, None),
        }
    }
}

impl<'w> Prover<'w> {
    /// Proofs on `server`, over what the migrations of `base` make.
    pub(crate) fn new(server: Running, base: Vec<App>, here: &'w [App]) -> Self {
        Prover {
            server,
            base,
            here,
            shadows: BTreeMap::new(),
        }
    }

    /// Runs `a` and `b` in both orders; an error says why nothing was proved.
    pub(super) fn prove(
        &mut self,
        a: &NewScripts<'_>,
        b: &NewScripts<'_>,
        new: &NewMigrations,
    ) -> Result<Proof, Problem> {
        for side in [a, b] {
            if let Origin::Ref(index) = side.series.origin
                && new.refs.get(index).is_some_and(|one| !one.trusted)
            {
                return Err(Problem::failed(
                    "untrusted",
                    "nothing of a fork's branch is run",
                ));
            }
        }
        let (side_a, side_b) = (self.side(a)?, self.side(b)?);
        if !self.shadows.contains_key(&a.place) {
            let built = self.build(&a.place, &[a, b]);
            self.shadows.insert(a.place.clone(), built);
        }
        match self.shadows.get_mut(&a.place) {
            Some(Ok(shadow)) => proof::prove(shadow, &side_a, &side_b),
            Some(Err(problem)) => Err(problem.clone()),
            None => Err(Problem::failed("shadow", "there is no shadow database")),
        }
    }

    fn build(&self, place: &str, sides: &[&NewScripts<'_>]) -> Result<Shadow, Problem> {
        let mut schemas = BTreeSet::from([REFERENCE.to_owned()]);
        let mut scopes = Vec::new();
        let sides = sides.iter().map(|side| &*side.series.series);
        let series = self
            .base
            .iter()
            .flat_map(|app| app.series.iter().map(move |one| (app, one)));
        for (app, series) in series.filter(|(_, series)| place_of(series) == place) {
            schemas.extend(schemas_of(series));
            scopes.push(scope(series, Some(app)));
        }
        schemas.extend(sides.flat_map(schemas_of));
        let schemas: Vec<String> = schemas.into_iter().collect();
        Shadow::build(
            &self.server,
            Base::Migrations(&scopes),
            &schemas,
            Limits::default(),
        )
    }

    fn side(&self, scripts: &NewScripts<'_>) -> Result<proof::Side, Problem> {
        let series = &scripts.series.series;
        let app = self
            .here
            .iter()
            .chain(&self.base)
            .find(|app| app.name == series.app);
        let scope = scope(series, app);
        let allowed = series.allowed_schemas();
        let step = |migration| {
            let prepared = prepare::up(migration, &scope.values, allowed.as_ref());
            let prepared = prepared.map_err(first_of)?;
            Ok(Step::of(&prepared, &scope))
        };
        let steps = scripts.series.new.iter().map(step);
        let steps = steps.collect::<Result<_, Problem>>()?;
        Ok(proof::Side {
            name: series.app.clone(),
            steps,
        })
    }
}

impl Proved {
    /// What `outcome` says of `meeting`, whose sides are called `a` and `b`.
    pub(super) fn of(
        meeting: &Meeting<'_, '_>,
        outcome: &Result<Proof, Problem>,
        a: &str,
        b: &str,
    ) -> Proved {
        let mut proved = Proved {
            shown: Shown::Nothing,
            notes: Vec::new(),
        };
        let proof = match outcome {
            Ok(proof) => proof,
            Err(problem) => {
                proved
                    .notes
                    .push(format!("not proved: {}", problem.message));
                return proved;
            }
        };
        let on = format!("proved on PostgreSQL {}", proof.server_version);
        match &proof.outcome {
            Outcome::Equal { ignored } => {
                let positions = if ignored.is_empty() {
                    ""
                } else {
                    " but for the positions of columns, which nothing should depend on"
                };
                let same = match &proof.data {
                    DataVerdict::Unproven { .. } => "make the same schema",
                    DataVerdict::Compared { .. } | DataVerdict::NotTouched => "leave the same",
                };
                proved
                    .notes
                    .push(format!("{on}: both orders work, and {same}{positions}"));
                proved.equal(meeting, &proof.data);
            }
            Outcome::Different {
                differences,
                content,
            } => {
                proved.shown = Shown::Differs;
                proved.notes.push(format!(
                    "{on}: both orders work, and what they leave differs; \
                     here is {b} then {a}, with {a} then {b} as what is expected:"
                ));
                let told = differences
                    .iter()
                    .map(ToString::to_string)
                    .chain(content.iter().map(ToString::to_string));
                let all: Vec<String> = told.collect();
                proved.notes.extend(all.iter().take(TOLD).cloned());
                if all.len() > TOLD {
                    proved
                        .notes
                        .push(format!("and {} more differences", all.len() - TOLD));
                }
            }
            Outcome::OneFails { works, failure } => {
                let (good, bad, first) = match works {
                    Order::AThenB => (format!("{a} then {b}"), format!("{b} then {a}"), Side::A),
                    Order::BThenA => (format!("{b} then {a}"), format!("{a} then {b}"), Side::B),
                };
                proved.shown = Shown::Works(first);
                let (line, _) = failure.place.line_column();
                proved.notes.push(format!(
                    "{on}: {good} works; {bad} fails: {} ({}:{line})",
                    failure.message, failure.place.path
                ));
            }
            Outcome::BothFail { a_then_b, b_then_a } => {
                proved.shown = Shown::Fails;
                proved
                    .notes
                    .push(format!("{on}: {a} then {b} fails: {}", a_then_b.message));
                proved
                    .notes
                    .push(format!("{b} then {a} fails: {}", b_then_a.message));
            }
            Outcome::AloneFails { failure } => proved.notes.push(format!(
                "not proved: {} does not run on the base by itself: {}",
                failure.side, failure.message
            )),
            Outcome::Unproven { why, .. } => proved.notes.push(format!("not proved: {why}")),
        }
        proved
    }

    fn equal(&mut self, meeting: &Meeting<'_, '_>, data: &DataVerdict) {
        match data {
            DataVerdict::Unproven { why, .. } => {
                self.notes
                    .push(format!("what they do to rows stays unproven: {why}"));
                return;
            }
            DataVerdict::Compared { .. } => {
                self.notes
                    .push("the rows of all tables were compared, too".to_owned());
            }
            DataVerdict::NotTouched => {}
        }
        if meeting.is_late() {
            self.notes.push(
                "a function's body is looked up only when it runs: that was not tried".to_owned(),
            );
        } else {
            self.shown = Shown::Commutes;
        }
    }
}

/// A file that cannot be prepared cannot be run either; one reason is enough to say so.
fn first_of(problems: Vec<Problem>) -> Problem {
    let nothing = || Problem::failed("unprepared", "the file cannot be read");
    problems.into_iter().next().unwrap_or_else(nothing)
}

/// `series` of `app` with the values of its config, and the tenant that stands for all if it has one for each.
pub(super) fn scope(series: &Arc<Series>, app: Option<&App>) -> Scope {
    let values = app.map_or_else(Values::new, |app| app.config.placeholders.clone());
    if series.is_fleet() {
        Scope::of_tenant(series, REFERENCE, values)
    } else {
        Scope::of(series, values)
    }
}

fn schemas_of(series: &Series) -> Vec<String> {
    let config = &series.config;
    (config.schemas.iter().chain(&config.search_path))
        .chain([&config.schema])
        .cloned()
        .collect()
}
