//! What `--sql` writes files for. No connection is opened, and the embedded server stays as it is.

use std::sync::Arc;

use super::fleet::{named, refuse_own_schema};
use super::location::{check_environment, limits, location};
use super::{Asked, coincide, refuse_selection_of_nothing, source, unknown_databases, values};
use crate::app::{App, Series};
use crate::config::TenantSource;
use crate::problem::{Problem, Problems};
use crate::sql::psql;
use crate::target::Scope;
use crate::tenants::{self, Asking, Glob, Origin, Selection, Tenant, Unit};

/// The scripts of a series.
pub(in crate::cli) struct Scripts {
    pub(in crate::cli) series: Arc<Series>,
    /// What each is for; more than one only where there are tenants or shards, each with its name.
    pub(in crate::cli) scopes: Vec<Scope>,
    /// Whether one script is for all tenants.
    pub(in crate::cli) is_template: bool,
}

/// The scripts of `apps` that `asked` means; with `template` one for each series.
///
/// # Errors
/// All that is wrong, and `needs-connection` where only a server knows who the tenants are.
pub(in crate::cli) fn scripts(
    asked: Asked<'_>,
    apps: &[&App],
    template: bool,
) -> Result<(Vec<Scripts>, Vec<Problem>), Problems> {
    let place = asked.place;
    let selection = place.selection();
    let mut problems = Problems::default();
    unknown_databases(apps, place, &mut problems);
    let (mut scripts, mut warnings, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for app in apps {
        check_environment(app, apps, &place.env, &mut problems);
        for series in app.series.iter().filter(|series| place.means(series)) {
            let scope = |name: &str| scope(asked, app, series, Some(name));
            let is_template = template && series.is_fleet();
            let scopes = if is_template {
                vec![scope(&psql::stand_in(match series.track {
                    Some(_) => "schema",
                    None => "tenant",
                }))]
            } else if series.is_fleet() {
                let Some(all) = problems.take(members(asked, app, series, &selection)) else {
                    continue;
                };
                warnings.extend(all.is_empty().then(|| super::no_tenants(series)));
                let included = all.iter().filter(|name| selection.includes(name));
                let scopes = included.map(|name| scope(name)).collect();
                names.extend(all);
                scopes
            } else {
                vec![self::scope(asked, app, series, None)]
            };
            scripts.push(Scripts {
                series: Arc::clone(series),
                scopes,
                is_template,
            });
        }
    }
    if problems.0.is_empty() {
        problems.take(selection.check(names.iter().map(String::as_str)));
    }
    refuse_selection_of_nothing(apps, place, &mut problems);
    coincide::check(&[], asked.runtime, apps, place, &mut problems);
    problems.or_ok((scripts, warnings))
}

/// The target of `series` that is called `name`, or the only one.
fn scope(asked: Asked<'_>, app: &App, series: &Arc<Series>, name: Option<&str>) -> Scope {
    let values = values(app, series, asked.set);
    let mut scope = match name {
        Some(name) => Scope::of_tenant(series, name, values),
        None => Scope::of(series, values),
    };
    if let Some(location) = location(asked, app, series) {
        scope.limits = limits(location, scope.limits);
    }
    scope
}

/// The names of all tenants or shards of `series`, selected or not.
fn members(
    asked: Asked<'_>,
    app: &App,
    series: &Arc<Series>,
    selection: &Selection,
) -> Result<Vec<String>, Problems> {
    let location = location(asked, app, series);
    if let Some(urls) = location.and_then(|location| location.urls.as_ref()) {
        return match source::urls(asked, urls) {
            Ok(databases) => Ok(named(databases).into_iter().map(|(name, _)| name).collect()),
            // Nobody asks what they are called.
            Err(_) if *selection == Selection::default() && !says_tenant(series) => {
                Ok((1..=urls.len()).map(|number| number.to_string()).collect())
            }
            Err(problems) => Err(problems),
        };
    }
    let configured = source::configured(asked, app, series, location)?;
    let tenants = match source::without_connection(asked, app, configured)? {
        Some(source) => {
            let asking = Asking {
                app: &app.name,
                values: &values(app, series, asked.set),
                urls: series.track.is_none(),
                interrupt: asked.interrupt,
            };
            tenants::list(&source, &asking)?
        }
        None => {
            typed(selection).unwrap_or_else(|| Err(needs_connection(series, configured).into()))?
        }
    };
    let mut problems = Problems::default();
    for tenant in &tenants {
        problems.take(refuse_own_schema(series, tenant));
    }
    problems.or_ok(tenants.into_iter().map(|tenant| tenant.name).collect())
}

/// Whether a file of `series` says `${tenant}`, so that a number will not do for a name.
fn says_tenant(series: &Series) -> bool {
    let mut migrations = series.migrations.iter();
    migrations.any(|migration| migration.source.text.contains("${tenant"))
}

/// The tenants that the command line names, if it does not describe some of them only.
fn typed(selection: &Selection) -> Option<Result<Vec<Tenant>, Problems>> {
    let names: Option<Vec<&str>> = selection.globs.iter().map(Glob::only).collect();
    let names = names.filter(|names| !names.is_empty())?;
    let mut problems = Problems::default();
    let mut found: Vec<Tenant> = Vec::new();
    for (number, name) in (1..).zip(names) {
        let origin = Origin {
            unit: Unit::Entry,
            number,
            of: "--tenant".into(),
        };
        problems.take(tenants::check_name(name).map_err(|mut problem| {
            problem.message = format!("{origin}: {}", problem.message);
            problem
        }));
        if !found.iter().any(|tenant| tenant.name == name) {
            found.push(Tenant {
                name: name.to_owned(),
                url: None,
                origin,
            });
        }
    }
    Some(problems.or_ok(found))
}

fn needs_connection(series: &Series, source: &TenantSource) -> Problem {
    let (what, place) = match source {
        TenantSource::Pattern(pattern) => ("a pattern finds", &pattern.place),
        TenantSource::Query { sql, .. } => ("a query lists", &sql.place),
        _ => ("a server knows", &series.config.place),
    };
    let variable = if series.track.is_some() {
        "schema"
    } else {
        "tenant"
    };
    Problem::usage(
        "needs-connection",
        format!(
            "{what} the tenants of {}, and --sql opens no connection",
            series.label()
        ),
    )
    .at(place.clone())
    .help(format!(
        "write one file for all of them: --template, then psql -v {variable}=NAME -f FILE"
    ))
    .help("or name them: --tenant NAME, which may be given again; without `*` and `?`")
}
