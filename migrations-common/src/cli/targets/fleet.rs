//! A series with a target for each tenant or shard.

use std::sync::Arc;

use super::Asked;
use super::location::Located;
use super::source::{source, urls};
use crate::app::{App, Series};
use crate::config::{Layout, MAX_IDENTIFIER_BYTES};
use crate::connect::Parameters;
use crate::environment::Environment;
use crate::fleet::Later;
use crate::interrupt::Interrupt;
use crate::placeholder::Values;
use crate::problem::{Problem, Problems};
use crate::target::{Scope, Target};
use crate::tenants::{self, Asking, Selection, Source, Tenant};
use crate::track::Track;

/// All that it takes to name the targets of a series, now or once the global track ran.
#[derive(Clone)]
pub(super) struct Expansion {
    series: Arc<Series>,
    located: Located,
    members: Members,
    values: Values,
    selection: Selection,
    variables: Environment,
    interrupt: Interrupt,
}

/// Who its targets are.
#[derive(Clone)]
enum Members {
    /// Databases, by their URLs.
    Databases(Vec<(String, Arc<Parameters>)>),
    /// Tenants as a source names them.
    Tenants {
        source: Box<Source>,
        /// What stands before a tenant's name in the name of its database, if it has no URL of its own.
        prefix: String,
    },
}

/// The targets of a series.
pub(super) struct Found {
    pub(super) targets: Vec<Arc<Target>>,
    /// The names of all tenants or shards, selected or not.
    pub(super) all: Vec<String>,
}

impl Expansion {
    pub(super) fn new(
        asked: Asked<'_>,
        app: &App,
        series: &Arc<Series>,
        located: &Located,
        values: Values,
        selection: &Selection,
    ) -> Result<Self, Problems> {
        let one_by_one = match (&asked.place.database_url, &located.parameters) {
            (Some(_), Some(given)) if series.track.is_none() => {
                Some(vec![(given.database().to_owned(), Arc::clone(given))])
            }
            _ => match &located.location.urls {
                Some(texts) => Some(named(urls(asked, texts)?)),
                None => None,
            },
        };
        let members = match one_by_one {
            Some(databases) => Members::Databases(databases),
            None => Members::Tenants {
                source: Box::new(source(asked, app, series, located)?),
                prefix: if located.is_development {
                    let name = super::development_name(&app.name, &series.config);
                    format!("{name}_")
                } else {
                    String::new()
                },
            },
        };
        Ok(Expansion {
            series: Arc::clone(series),
            located: located.clone(),
            members,
            values,
            selection: selection.clone(),
            variables: asked.runtime.environment.clone(),
            interrupt: asked.interrupt.clone(),
        })
    }

    /// Asks who the targets are.
    pub(super) fn targets(&self) -> Result<Found, Problems> {
        let members: Vec<(String, Target)> = match &self.members {
            Members::Databases(databases) => databases
                .iter()
                .map(|(name, parameters)| {
                    let target = self.target(name, Arc::clone(parameters), None);
                    (name.clone(), target)
                })
                .collect(),
            Members::Tenants { source, prefix } => {
                let asking = Asking {
                    app: &self.series.app,
                    values: &self.values,
                    urls: self.series.track.is_none(),
                    interrupt: &self.interrupt,
                };
                let mut problems = Problems::default();
                let tenants = tenants::list(source, &asking)?;
                let targets = tenants.into_iter().filter_map(|tenant| {
                    let target = problems.take(self.tenant(&tenant, prefix))?;
                    Some((tenant.name, target))
                });
                let targets = targets.collect();
                problems.or_ok(targets)?
            }
        };
        let (mut all, mut targets) = (Vec::new(), Vec::new());
        for (name, target) in members {
            if self.selection.includes(&name) {
                targets.push(Arc::new(target));
            }
            all.push(name);
        }
        Ok(Found { targets, all })
    }

    /// To be asked again once the global track ran; `problem` is why there is no answer yet.
    pub(super) fn later(self, problem: Problem) -> Later {
        let series = Arc::clone(&self.series);
        let ask = move || {
            let found = self.targets()?;
            self.selection.check(found.all.iter().map(String::as_str))?;
            Ok(found.targets)
        };
        Later {
            series,
            problem,
            ask: Arc::new(ask),
        }
    }

    fn tenant(&self, tenant: &Tenant, prefix: &str) -> Result<Target, Problems> {
        let (series, located) = (&self.series, &self.located);
        let server = || {
            let server = located.parameters.as_ref().map(Arc::clone);
            server.ok_or_else(|| no_url(tenant, series))
        };
        let mut target = match &tenant.url {
            _ if series.track.is_some() => {
                refuse_own_schema(series, tenant)?;
                self.target(&tenant.name, server()?, located.direct.clone())
            }
            Some(url) => {
                let parameters = Parameters::from_url(url.expose(), &self.variables)
                    .map_err(|problem| problem.note(tenant.origin.to_string()))?;
                self.target(&tenant.name, Arc::new(parameters), None)
            }
            None => {
                let database = format!("{prefix}{}", tenant.name);
                if database.len() > MAX_IDENTIFIER_BYTES {
                    return Err(too_long(tenant, &database).into());
                }
                // `direct_url` leads to one database, which is not this one.
                let own = server()?.with_database(&database);
                self.target(&tenant.name, Arc::new(own), None)
            }
        };
        target.origin = Some(tenant.origin.clone());
        // A tenant with a URL of its own is not on the embedded server.
        target.made_on_demand &= tenant.url.is_none();
        Ok(target)
    }

    fn target(
        &self,
        name: &str,
        parameters: Arc<Parameters>,
        direct: Option<Arc<Parameters>>,
    ) -> Target {
        let scope = Scope::of_tenant(&self.series, name, self.values.clone());
        self.located
            .target_at(&self.series, scope, parameters, direct)
    }
}

/// The schema of the global track holds that one's history, under the same name.
pub(super) fn refuse_own_schema(series: &Series, tenant: &Tenant) -> Result<(), Problem> {
    let config = &series.config;
    if series.track != Some(Track::Tenant) || tenant.name != config.schema {
        return Ok(());
    }
    Err(Problem::config(
        "tenant-name",
        format!(
            "{} is `{}`, the schema of the global track of {}/{}",
            tenant.origin, tenant.name, series.app, config.name
        ),
    )
    .at(config.place.clone())
    .help("take it out of the list, or move the global track with `schema`"))
}

/// Databases named by what tells them apart: their names, else where they are.
pub(super) fn named(databases: Vec<Arc<Parameters>>) -> Vec<(String, Arc<Parameters>)> {
    let mut names: Vec<&str> = databases.iter().map(|one| one.database()).collect();
    names.sort_unstable();
    let unique = names
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a != b));
    let name = |one: &Parameters| {
        if unique {
            one.database().to_owned()
        } else {
            format!("{}/{}", one.server(), one.database())
        }
    };
    let names: Vec<String> = databases.iter().map(|one| name(one)).collect();
    names.into_iter().zip(databases).collect()
}

fn too_long(tenant: &Tenant, database: &str) -> Problem {
    Problem::config(
        "tenant-name",
        format!(
            "{}: the database `{database}` would have a name of {} bytes; PostgreSQL cuts names at {MAX_IDENTIFIER_BYTES}",
            tenant.origin,
            database.len()
        ),
    )
    .help("choose a shorter name, or give the tenant a `url`")
}

fn no_url(tenant: &Tenant, series: &Series) -> Problem {
    let what = match series.config.layout {
        Layout::Sharded => "shard",
        _ => "tenant",
    };
    Problem::config(
        "tenant-url",
        format!("{}: the {what} `{}` has no URL", tenant.origin, tenant.name),
    )
    .at(series.config.place.clone())
    .help("let the source yield a name and a URL")
    .help(
        "or give the environment's entry a `url`: the server where each has a database of its name",
    )
}
