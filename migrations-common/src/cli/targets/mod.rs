//! Apps, an environment and flags, resolved to targets: where each series lives, and who its tenants are.

mod coincide;
mod fleet;
mod location;
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
use crate::requirement;
use crate::target::{Scope, Target};
use crate::tenants::{Selection, may_be_made_later};
use crate::track::Track;
use fleet::Expansion;
use location::Located;

pub use location::development_name;
pub(super) use scripts::{Scripts, scripts};

/// Where a command looks or works.
#[derive(Default)]
pub(super) struct Resolved {
    /// The targets that are known.
    pub(super) targets: Vec<Arc<Target>>,
    /// Series whose tenants nobody can name yet.
    pub(super) later: Vec<Later>,
    /// What stops nothing.
    pub(super) warnings: Vec<Problem>,
}

impl Resolved {
    fn series(&self) -> impl Iterator<Item = &Arc<Series>> {
        let targets = self.targets.iter().map(|target| &target.series);
        targets.chain(self.later.iter().map(|later| &later.series))
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
                resolved.targets.extend(found.targets);
                resolved.later.extend(found.later);
                resolved.warnings.extend(found.warnings);
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

/// The targets of all other series in the environment that something of `apps` may require, as far as they can be
/// resolved: where requirements are looked up.
pub(super) fn others(asked: Asked<'_>, apps: &[&App], resolved: &Resolved) -> Vec<Arc<Target>> {
    let known = asked.runtime.series();
    let place = asked.place;
    let own =
        |series: &Series| apps.iter().any(|app| app.name == series.app) && place.means(series);
    let of_apps = apps
        .iter()
        .flat_map(|app| &app.series)
        .filter(|series| own(series));
    let wanted = requirement::closure(of_apps.flat_map(|series| &series.migrations), &known);
    let dependents = |series: &Series| {
        let mut requires = series
            .migrations
            .iter()
            .flat_map(|m| &m.directives.requires);
        let targets = &resolved.targets;
        requires.any(|r| {
            targets
                .iter()
                .any(|t| requirement::means(&r.series, &t.series))
        })
    };
    let selection = place.selection();
    let mut others = Vec::new();
    for app in &asked.runtime.apps {
        for series in app.series.iter().filter(|series| !own(series)) {
            // With a URL from the command line, the databases that apps share are there too, and no others.
            let shares = resolved.targets.iter().any(|t| {
                t.series.config.shared == series.config.shared && series.config.shared.is_some()
            });
            let needed = wanted.contains_key(&series.name())
                || dependents(series)
                || resolved.series().any(|asked| series.comes_before(asked));
            if !needed || (place.database_url.is_some() && !shares) {
                continue;
            }
            if let Ok((found, _)) = of_series(asked, app, series, &selection) {
                others.extend(found.targets);
            }
        }
    }
    others
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
            let warnings = found.all.is_empty().then(|| no_tenants(series));
            let resolved = Resolved {
                targets: found.targets,
                warnings: warnings.into_iter().collect(),
                ..Resolved::default()
            };
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
