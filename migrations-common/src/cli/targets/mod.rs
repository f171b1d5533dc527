//! Apps, an environment and flags, resolved to targets: where each series lives, and who its tenants are.

mod coincide;
mod fleet;
mod location;
mod others;
mod scripts;
mod source;

use std::sync::Arc;

use super::args::Place;
use super::runtime::Runtime;
use crate::app::{App, Series};
use crate::config::Layout;
use crate::fleet::Later;
use crate::interrupt::Interrupt;
use crate::placeholder::Values;
use crate::problem::{self, Problem, Problems};
use crate::target::{Scope, Target};
use crate::tenants::{Selection, may_be_made_later};
use crate::track::Track;
use fleet::Expansion;
use location::Located;

pub use location::development_name;
pub(super) use others::others;
pub(super) use scripts::{Scripts, scripts};

/// Where a command looks or works.
#[derive(Default)]
pub(super) struct Resolved {
    /// The targets that are known.
    pub(super) targets: Vec<Arc<Target>>,
    /// Series whose tenants nobody can name yet.
    pub(super) later: Vec<Later>,
    /// Series whose source of tenants names nobody at all.
    pub(super) nobody: Vec<Arc<Series>>,
    /// What stops nothing.
    pub(super) warnings: Vec<Problem>,
}

impl Resolved {
    fn series(&self) -> impl Iterator<Item = &Arc<Series>> {
        let targets = self.targets.iter().map(|target| &target.series);
        targets.chain(self.later.iter().map(|later| &later.series))
    }

    fn add(&mut self, more: Resolved) {
        self.targets.extend(more.targets);
        self.later.extend(more.later);
        self.nobody.extend(more.nobody);
        self.warnings.extend(more.warnings);
    }
}

/// What was asked for, apart from the apps.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) runtime: &'a Runtime,
    pub(super) place: &'a Place,
    /// Values of placeholders, from the command line.
    pub(super) set: &'a [(String, String)],
    pub(super) interrupt: &'a Interrupt,
}

/// The targets of `apps` that `asked` means.
///
/// # Errors
/// All that is wrong: unknown names, missing entries and variables, URLs that are none, sources of tenants that do not
/// answer or answer nonsense, history tables that coincide.
pub(super) fn resolve(asked: Asked<'_>, apps: &[&App]) -> Result<Resolved, Problems> {
    let place = asked.place;
    let mut problems = Problems::default();
    unknown_databases(apps, place, &mut problems);
    let mut resolved = Resolved::default();
    let mut names = Vec::new();
    for app in apps {
        location::check_environment(app, apps, &place.env, &mut problems);
        for series in app.series.iter().filter(|series| place.means(series)) {
            let found = problems.take(of_series(asked, app, series, &place.selection()));
            if let Some((found, all)) = found {
                resolved.add(found);
                names.extend(all);
            }
        }
    }
    if problems.0.is_empty() && resolved.later.is_empty() {
        let checked = place.selection().check(names.iter().map(String::as_str));
        problems.take(checked);
    }
    refuse_selection_of_nothing(apps, place, &mut problems);
    if place.database_url.is_some() && !is_one_database(apps, place) {
        problems.push(
            Problem::usage(
                "database-url",
                "--database-url is for one database, and this is more than one",
            )
            .help("name one app and one database: --database DB"),
        );
    }
    let targets = &resolved.targets;
    coincide::check(targets, asked.runtime, apps, place, &mut problems);
    problems.or_ok(resolved)
}

/// The targets of one series, and the names of all its tenants, selected or not.
fn of_series(
    asked: Asked<'_>,
    app: &App,
    series: &Arc<Series>,
    selection: &Selection,
) -> Result<(Resolved, Vec<String>), Problems> {
    let located = Located::of(asked, app, series)?;
    let values = values(app, series, asked.set);
    if !series.is_fleet() {
        let target = located.target(series, Scope::of(series, values))?;
        let resolved = Resolved {
            targets: vec![Arc::new(target)],
            ..Resolved::default()
        };
        return Ok((resolved, Vec::new()));
    }
    let expansion = Expansion::new(asked, app, series, &located, values, selection)?;
    match expansion.targets() {
        Ok(found) => {
            let mut resolved = Resolved {
                targets: found.targets,
                ..Resolved::default()
            };
            if found.all.is_empty() {
                resolved.nobody.push(Arc::clone(series));
                resolved.warnings.push(no_tenants(series));
            }
            Ok((resolved, found.all))
        }
        Err(problems) => match problems.0.as_slice() {
            [problem] if series.track == Some(Track::Tenant) && may_be_made_later(problem) => {
                let resolved = Resolved {
                    later: vec![expansion.later(problem.clone())],
                    ..Resolved::default()
                };
                Ok((resolved, Vec::new()))
            }
            _ => Err(problems),
        },
    }
}

/// What `${…}` stands for: the command line's values before the config's.
pub(super) fn values(app: &App, series: &Series, set: &[(String, String)]) -> Values {
    let mut values = app.config.placeholders.clone();
    values.extend(set.iter().cloned());
    values.insert("schema".to_owned(), series.config.schema.clone());
    values
}

/// Makes the databases of the embedded server that `targets` live in.
pub(super) fn ensure(runtime: &Runtime, targets: &[Arc<Target>]) -> Result<(), Problem> {
    let Some(development) = &runtime.development else {
        return Ok(());
    };
    let mut made: Vec<&str> = Vec::new();
    for target in targets.iter().filter(|target| target.made_on_demand) {
        let database = target.parameters.database();
        if !made.contains(&database) {
            development.url(database, true)?;
            made.push(database);
        }
    }
    Ok(())
}

fn unknown_databases(apps: &[&App], place: &Place, problems: &mut Problems) {
    for name in &place.databases {
        if apps.iter().any(|app| app.database(name).is_ok()) {
            continue;
        }
        let known = apps
            .iter()
            .flat_map(|app| &app.config.databases)
            .map(|d| d.name.as_str());
        let of: Vec<&str> = apps.iter().map(|app| app.name.as_str()).collect();
        problems.push(Problem::usage(
            "unknown-database",
            format!(
                "{} of {}",
                problem::unknown_name("database", name, known),
                of.join(", ")
            ),
        ));
    }
}

/// `--tenant`, `--slice` and `--track` choose among several; where there is but one, they were meant for something else.
fn refuse_selection_of_nothing(apps: &[&App], place: &Place, problems: &mut Problems) {
    let series = || {
        apps.iter()
            .flat_map(|app| &app.series)
            .filter(|s| place.means(s))
    };
    let selects = !place.tenants.is_empty() || place.slice.is_some();
    if selects && !series().any(|series| series.is_fleet()) {
        problems.push(
            Problem::usage(
                "no-tenants",
                "--tenant and --slice choose among tenants, and there are none",
            )
            .help("name a database with tenants: its `layout` is not single"),
        );
    }
    let sharded = series().any(|series| series.config.layout == Layout::Sharded);
    if place.slice.is_some() && sharded {
        problems.push(
            Problem::usage(
                "sliced-shards",
                "--slice would leave shards at different versions",
            )
            .help("leave it out, or name the databases of tenants with --database"),
        );
    }
    if let Some(track) = place.track
        && series().next().is_none()
        && problems.0.is_empty()
    {
        problems.push(
            Problem::usage(
                "unknown-track",
                format!("there is no track `{}`", track.word()),
            )
            .help("a database of layout schema-per-tenant has the tracks global and tenant"),
        );
    }
}

fn is_one_database(apps: &[&App], place: &Place) -> bool {
    let mut databases: Vec<(&str, &str)> = apps
        .iter()
        .flat_map(|app| &app.series)
        .filter(|series| place.means(series))
        .map(|series| (series.app.as_str(), series.config.name.as_str()))
        .collect();
    databases.dedup();
    databases.len() <= 1
}

fn no_tenants(series: &Series) -> Problem {
    Problem::config(
        "no-tenants",
        format!("the source of tenants of {} names nobody", series.label()),
    )
    .at(series.config.place.clone())
    .help("if there are tenants, correct `tenants`; if there are none yet, all is well")
}
