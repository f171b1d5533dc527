//! Where a database is in an environment.

use std::sync::Arc;

use super::Asked;
use crate::app::{App, Series};
use crate::cli::runtime::Runtime;
use crate::config::{DEV, DatabaseConfig, Layout, Limits, Location, Text, interpolate};
use crate::connect::Parameters;
use crate::problem::{self, Problem, Problems};
use crate::target::{Scope, Target};

/// What is known of a database's place before its tenants are.
#[derive(Clone)]
pub(super) struct Located {
    /// The environment's entry; empty where it has none.
    pub(super) location: Location,
    /// How to connect to it, or to the server of its tenants' databases.
    pub(super) parameters: Option<Arc<Parameters>>,
    /// How to connect around a pooler.
    pub(super) direct: Option<Arc<Parameters>>,
    /// Whether it is on the embedded server.
    pub(super) is_development: bool,
    environment: Arc<str>,
}

impl Located {
    /// Where the database of `series` is.
    pub(super) fn of(asked: Asked<'_>, app: &App, series: &Series) -> Result<Located, Problems> {
        let (runtime, place, config) = (asked.runtime, asked.place, &series.config);
        let environment = app.config.environments.get(&place.env);
        let location = location(asked, app, series);
        let mut problems = Problems::default();
        let mut is_development = false;
        let url = location.and_then(|location| location.url.as_ref());
        // The databases of tenants and shards may all be named one by one.
        let is_many = matches!(config.layout, Layout::DatabasePerTenant | Layout::Sharded);
        let are_named = is_many && location.is_some_and(|location| location.urls.is_some());
        let main = match (&place.database_url, url) {
            (Some(given), _) => problems.take(Parameters::from_url(given, &runtime.environment)),
            (None, Some(text)) => problems.take(parameters(text, runtime)),
            (None, None) if are_named => None,
            (None, None) if place.env == DEV => {
                is_development = true;
                let name = development_name(&app.name, config);
                problems.take(on_development_server(runtime, &name))
            }
            (None, None) if is_many => None,
            (None, None) => {
                if environment.is_some() {
                    problems.push(missing_url(app, series, &place.env));
                }
                return Err(problems);
            }
        };
        let direct = location
            .and_then(|location| location.direct_url.as_ref())
            .filter(|_| place.database_url.is_none())
            .and_then(|text| problems.take(parameters(text, runtime)));
        problems.or_ok(Located {
            location: location.cloned().unwrap_or_default(),
            parameters: main.map(Arc::new),
            direct: direct.map(Arc::new),
            is_development,
            environment: place.env.as_str().into(),
        })
    }

    /// `scope` in this place.
    pub(super) fn target(&self, series: &Series, scope: Scope) -> Result<Target, Problem> {
        let parameters = self.parameters.as_ref().map(Arc::clone);
        let parameters = parameters.ok_or_else(|| {
            Problem::config(
                "missing-url",
                format!("nothing says where {} is", series.label()),
            )
            .at(series.config.place.clone())
        })?;
        Ok(self.target_at(series, scope, parameters, self.direct.clone()))
    }

    /// `scope` in a database of its own.
    pub(super) fn target_at(
        &self,
        series: &Series,
        mut scope: Scope,
        parameters: Arc<Parameters>,
        direct: Option<Arc<Parameters>>,
    ) -> Target {
        let location = &self.location;
        scope.limits = limits(location, scope.limits);
        let most = location
            .max_connections
            .unwrap_or(series.config.max_connections);
        Target {
            scope,
            environment: Arc::clone(&self.environment),
            parameters,
            direct,
            max_connections: usize::try_from(most).unwrap_or(usize::MAX),
            made_on_demand: self.is_development,
            origin: None,
        }
    }
}

/// What the environment says of the database of `series`.
pub(super) fn location<'a>(
    asked: Asked<'_>,
    app: &'a App,
    series: &Series,
) -> Option<&'a Location> {
    let environment = app.config.environments.get(&asked.place.env)?;
    environment.get(&series.config.name)
}

/// The timeouts in a location: its own, else those of its database.
pub(super) fn limits(location: &Location, of_database: Limits) -> Limits {
    Limits {
        lock_timeout: location.lock_timeout.unwrap_or(of_database.lock_timeout),
        statement_timeout: location
            .statement_timeout
            .unwrap_or(of_database.statement_timeout),
    }
}

/// Whether `app` knows the environment.
pub(super) fn check_environment(
    app: &App,
    apps: &[&App],
    environment: &str,
    problems: &mut Problems,
) {
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

/// The URL that `text` of the config says, made complete.
pub(super) fn parameters(text: &Text, runtime: &Runtime) -> Result<Parameters, Problems> {
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

fn on_development_server(runtime: &Runtime, database: &str) -> Result<Parameters, Problems> {
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
    let url = development.url(database, false)?;
    Ok(Parameters::from_url(&url, &runtime.environment)?)
}

fn missing_url(app: &App, series: &Series, environment: &str) -> Problem {
    let name = &series.config.name;
    Problem::config(
        "missing-url",
        format!(
            "[environments.{environment}] of {} does not say where `{name}` is",
            app.name
        ),
    )
    .at(series.config.place.clone().labelled("this database"))
    .help(format!(
        "{name} = {{ url = \"${{{}_URL}}\" }}",
        name.to_uppercase()
    ))
}
