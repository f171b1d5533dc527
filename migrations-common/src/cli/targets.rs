//! Apps, an environment and flags, resolved to targets: where each database lives, and nothing left to ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::args::Place;
use super::runtime::Runtime;
use crate::app::{App, Series};
use crate::config::{DEV, DatabaseConfig, Limits, Location, Text, interpolate};
use crate::connect::Parameters;
use crate::history::HistoryTable;
use crate::placeholder::Values;
use crate::problem::{self, Problem, Problems};
use crate::target::{Scope, Target};

/// The targets of `apps` that `place` means.
///
/// # Errors
/// All that is wrong: unknown names, missing entries and variables, URLs that are none, history tables that coincide.
pub(super) fn resolve(
    runtime: &Runtime,
    apps: &[&App],
    place: &Place,
    set: &[(String, String)],
) -> Result<Vec<Arc<Target>>, Problems> {
    let mut problems = Problems::default();
    let mut targets = Vec::new();
    for name in &place.databases {
        if !apps.iter().any(|app| app.database(name).is_ok()) {
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
    for app in apps {
        check_environment(app, apps, &place.env, &mut problems);
        let wanted = |d: &&Arc<Series>| {
            place.databases.is_empty() || place.databases.contains(&d.config.name)
        };
        for database in app.series.iter().filter(wanted) {
            if let Some(target) = problems.take(target(runtime, app, database, place, set)) {
                targets.push(Arc::new(target));
            }
        }
    }
    if place.database_url.is_some() && targets.len() > 1 {
        problems.push(
            Problem::usage(
                "database-url",
                "--database-url is for one database, and this is more than one",
            )
            .help("name one app and one database: --database DB"),
        );
    }
    coincide(&targets, &mut problems);
    problems.or_ok(targets)
}

/// The targets of all other apps in the environment, as far as they can be resolved: where requirements are looked up.
pub(super) fn others(
    runtime: &Runtime,
    targets: &[Arc<Target>],
    place: &Place,
    set: &[(String, String)],
) -> Vec<Arc<Target>> {
    let named = |database: &Series| {
        targets
            .iter()
            .any(|t| t.series.app == database.app && t.series.config.name == database.config.name)
    };
    let url = place.database_url.is_some();
    let mut others = Vec::new();
    for app in &runtime.apps {
        for database in app.series.iter().filter(|database| !named(database)) {
            // With a URL from the command line, the databases that apps share are there too, and no others.
            let shares = targets.iter().any(|t| {
                t.series.config.shared == database.config.shared && database.config.shared.is_some()
            });
            if url && !shares {
                continue;
            }
            others.extend(
                target(runtime, app, database, place, set)
                    .ok()
                    .map(Arc::new),
            );
        }
    }
    others
}

fn check_environment(app: &App, apps: &[&App], environment: &str, problems: &mut Problems) {
    let known = app.config.environment_names();
    if known.contains(&environment) {
        return;
    }
    let problem = Problem::usage(
        "unknown-environment",
        format!(
            "{} of {}",
            problem::unknown_name("environment", environment, known),
            app.name
        ),
    );
    let elsewhere = apps
        .iter()
        .any(|app| app.config.environments.contains_key(environment));
    problems.push(if elsewhere {
        problem.help(format!(
            "other apps have it: add [environments.{environment}] to {}",
            app.config.source.path
        ))
    } else {
        problem
    });
}

fn target(
    runtime: &Runtime,
    app: &App,
    database: &Arc<Series>,
    place: &Place,
    set: &[(String, String)],
) -> Result<Target, Problems> {
    let config = &database.config;
    let none = Location::default();
    let location = app
        .config
        .environments
        .get(&place.env)
        .and_then(|e| e.get(&config.name));
    let mut problems = Problems::default();
    let url = |text: &Text| parameters(text, runtime);
    let mut made_on_demand = false;
    let main = match (&place.database_url, location.and_then(|l| l.url.as_ref())) {
        (Some(given), _) => problems.take(Parameters::from_url(given, &runtime.environment)),
        (None, Some(text)) => problems.take(url(text)),
        (None, None) if place.env == DEV => {
            made_on_demand = true;
            problems.take(on_development_server(runtime, database))
        }
        (None, None) => {
            let known = app.config.environments.contains_key(&place.env);
            if known {
                problems.push(
                    Problem::config(
                        "missing-url",
                        format!(
                            "[environments.{}] of {} does not say where `{}` is",
                            place.env, app.name, config.name
                        ),
                    )
                    .at(config.place.clone().labelled("this database"))
                    .help(format!(
                        "{} = {{ url = \"${{{}_URL}}\" }}",
                        config.name,
                        config.name.to_uppercase()
                    )),
                );
            }
            None
        }
    };
    let direct = location
        .and_then(|l| l.direct_url.as_ref())
        .filter(|_| place.database_url.is_none())
        .and_then(|text| problems.take(url(text)));
    let Some(parameters) = main.filter(|_| problems.0.is_empty()) else {
        return Err(problems);
    };
    let location = location.unwrap_or(&none);
    let mut scope = Scope::of(database, values(app, database, set));
    scope.limits = Limits {
        lock_timeout: location.lock_timeout.unwrap_or(scope.limits.lock_timeout),
        statement_timeout: location
            .statement_timeout
            .unwrap_or(scope.limits.statement_timeout),
    };
    Ok(Target {
        scope,
        environment: place.env.as_str().into(),
        parameters: Arc::new(parameters),
        direct: direct.map(Arc::new),
        made_on_demand,
    })
}

/// What `${…}` stands for: the command line's values before the config's.
pub(super) fn values(app: &App, database: &Series, set: &[(String, String)]) -> Values {
    let mut values = app.config.placeholders.clone();
    values.extend(set.iter().cloned());
    values.insert("schema".to_owned(), database.config.schema.clone());
    values
}

fn parameters(text: &Text, runtime: &Runtime) -> Result<Parameters, Problems> {
    let url = interpolate(text, &runtime.environment)?;
    Ok(Parameters::from_url(url.expose(), &runtime.environment)
        .map_err(|problem| problem.at(text.place.clone()))?)
}

/// The name of `app`'s database on the embedded server: the shared database's, else the app's own.
pub fn development_name(app: &str, config: &DatabaseConfig) -> String {
    config
        .shared
        .clone()
        .unwrap_or_else(|| format!("{app}_{}", config.name))
}

fn on_development_server(runtime: &Runtime, database: &Series) -> Result<Parameters, Problems> {
    let Some(development) = &runtime.development else {
        return Err(Problem::usage(
            "no-development-server",
            format!(
                "`dev` lives on the embedded server, which `cargo xtask` runs; {} cannot",
                runtime.program
            ),
        )
        .help("name an environment with --env, or a database with --database-url")
        .into());
    };
    let url = development.url(&development_name(&database.app, &database.config), false)?;
    Ok(Parameters::from_url(&url, &runtime.environment)?)
}

/// Makes the databases of the embedded server that `targets` live in.
pub(super) fn ensure(runtime: &Runtime, targets: &[Arc<Target>]) -> Result<(), Problem> {
    for target in targets.iter().filter(|target| target.made_on_demand) {
        if let Some(development) = &runtime.development {
            development.url(
                &development_name(&target.series.app, &target.series.config),
                true,
            )?;
        }
    }
    Ok(())
}

/// Two histories in one table would take each other's migrations for their own.
fn coincide(targets: &[Arc<Target>], problems: &mut Problems) {
    let mut seen: BTreeMap<(String, HistoryTable), &Arc<Target>> = BTreeMap::new();
    for target in targets {
        let place = (target.parameters.display(), target.history.clone());
        if let Some(first) = seen.insert(place, target) {
            problems.push(
                Problem::config(
                    "one-history-table",
                    format!(
                        "{} and {} would share the history table {}",
                        first.series.label(),
                        target.series.label(),
                        target.history.sql()
                    ),
                )
                .at(first.series.config.place.clone())
                .at(target.series.config.place.clone())
                .help("give one of them another `history_table`"),
            );
        }
    }
}
