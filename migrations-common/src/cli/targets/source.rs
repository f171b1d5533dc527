//! A source of tenants as the config names it, with nothing left to look up.

use std::sync::Arc;

use super::Asked;
use super::location::{Located, parameters};
use crate::app::{App, Series};
use crate::cli::runtime::{Functions, Runtime};
use crate::config::{Layout, Listed, Location, TenantSource, Text, interpolate};
use crate::connect::Parameters;
use crate::problem::{Place, Problem, Problems, unknown_name};
use crate::secret::Secret;
use crate::tenants::{Command, Entry, File, Format, Function, Pattern, Query, Source, What};

/// The source that lists the tenants or shards of `series`.
pub(super) fn source(
    asked: Asked<'_>,
    app: &App,
    series: &Series,
    located: &Located,
) -> Result<Source, Problems> {
    let config = &series.config;
    let configured = configured(asked, app, series, Some(&located.location))?;
    Ok(match configured {
        TenantSource::List(listed) => Source::List(entries(listed, asked.runtime)?),
        TenantSource::Query { sql, on } => Source::Query(Query {
            sql: sql.clone(),
            parameters: match on {
                Some(on) => on_other(asked, app, on)?,
                None => here(series, located, &sql.place)?,
            },
            on: match on {
                Some(on) => format!("{}/{}", app.name, on.value),
                None => format!("{}/{}", app.name, config.name),
            },
        }),
        TenantSource::Pattern(pattern) => Source::Pattern(Pattern {
            pattern: pattern.clone(),
            parameters: here(series, located, &pattern.place)?,
            what: match config.layout {
                Layout::SchemaPerTenant => What::Schemas,
                _ => What::Databases,
            },
        }),
        TenantSource::File(name) => file(asked, app, name),
        TenantSource::Command(argv) => command(asked, app, argv),
        TenantSource::Function(name) => function(asked, app, name)?,
    })
}

/// The same source for the names alone, as far as no server is asked; `None` if one would be.
pub(super) fn without_connection(
    asked: Asked<'_>,
    app: &App,
    configured: &TenantSource,
) -> Result<Option<Source>, Problem> {
    Ok(match configured {
        TenantSource::List(listed) => Some(Source::List(names(listed))),
        TenantSource::File(name) => Some(file(asked, app, name)),
        TenantSource::Command(argv) => Some(command(asked, app, argv)),
        TenantSource::Function(name) => Some(function(asked, app, name)?),
        TenantSource::Query { .. } | TenantSource::Pattern(_) => None,
    })
}

/// What the config says of the tenants or shards of `series`: in the environment's entry, else for all environments.
pub(super) fn configured<'c>(
    asked: Asked<'_>,
    app: &App,
    series: &'c Series,
    location: Option<&'c Location>,
) -> Result<&'c TenantSource, Problem> {
    let of_environment = location.and_then(|location| location.tenants.as_ref());
    let configured = of_environment.or(series.config.tenants.as_ref());
    configured.ok_or_else(|| nothing_says(app, series, &asked.place.env))
}

fn entries(listed: &[Listed], runtime: &Runtime) -> Result<Vec<Entry>, Problems> {
    let mut problems = Problems::default();
    let mut entries = Vec::new();
    for one in listed {
        let url: Option<Secret> = match &one.url {
            Some(text) => problems.take(interpolate(text, &runtime.environment)),
            None => None,
        };
        entries.push(Entry {
            name: one.name.clone(),
            url,
        });
    }
    problems.or_ok(entries)
}

/// The entries without their URLs, whose variables need not be set.
fn names(listed: &[Listed]) -> Vec<Entry> {
    let entry = |one: &Listed| Entry {
        name: one.name.clone(),
        url: None,
    };
    listed.iter().map(entry).collect()
}

fn file(asked: Asked<'_>, app: &App, name: &Text) -> Source {
    Source::File(File {
        path: asked.runtime.directory(app).join(&name.value),
        shown: shown(app, &name.value),
        place: name.place.clone(),
    })
}

fn command(asked: Asked<'_>, app: &App, argv: &[Text]) -> Source {
    Source::Command(Command {
        argv: argv.to_vec(),
        directory: asked.runtime.directory(app),
        environment: asked.runtime.environment.clone(),
        limit: Command::LIMIT,
        format: Format::Lines,
    })
}

/// The connection to the database itself.
fn here(series: &Series, located: &Located, place: &Place) -> Result<Parameters, Problem> {
    let parameters = located.parameters.as_deref().cloned();
    parameters.ok_or_else(|| {
        Problem::config(
            "missing-url",
            format!(
                "{} is asked for its tenants, and has no `url`",
                series.label()
            ),
        )
        .at(place.clone())
        .help("add `url` to its entry in the environment, or name another database with `on`")
    })
}

/// The connection to the app's database that `on` names.
fn on_other(asked: Asked<'_>, app: &App, on: &Text) -> Result<Parameters, Problems> {
    let mut place = asked.place.clone();
    // A URL of the command line is that of the tenants' database, not of the one with their list.
    place.database_url = None;
    let asked = Asked {
        place: &place,
        ..asked
    };
    let other = app.series_of(&on.value).next();
    let Some(other) = other else {
        return Err(
            Problem::config("unknown-database", format!("no database `{}`", on.value))
                .at(on.place.clone())
                .into(),
        );
    };
    let located = Located::of(asked, app, other)?;
    Ok(here(other, &located, &on.place)?)
}

/// The app's own binary knows the function; others run that binary.
fn function(asked: Asked<'_>, app: &App, name: &Text) -> Result<Source, Problem> {
    match &asked.runtime.functions {
        Functions::Own(functions) => {
            let Some(function) = functions.get(&name.value).copied() else {
                let known = functions.keys().map(String::as_str);
                let unknown = unknown_name("function", &name.value, known);
                return Err(Problem::config("unknown-function", unknown)
                    .at(name.place.clone())
                    .help(format!(
                        "in main.rs: Main::new(&MIGRATIONS).tenants(\"{}\", …).run()",
                        name.value
                    )));
            };
            let environment = asked.place.env.clone();
            let place = name.place.clone();
            Ok(Source::Function(Function {
                name: name.value.clone(),
                call: Arc::new(move || {
                    function(&environment).map_err(|error| {
                        Problem::failed("tenants-function", error.to_string()).at(place.clone())
                    })
                }),
            }))
        }
        Functions::OfBinary(run) => {
            let words = run(app, &name.value, &asked.place.env);
            let argv = words.into_iter().map(|value| Text {
                value,
                place: name.place.clone(),
            });
            Ok(Source::Command(Command {
                argv: argv.collect(),
                directory: asked.runtime.directory(app),
                environment: asked.runtime.environment.clone(),
                // Cargo may have to build the app first.
                limit: Command::LIMIT * 15,
                format: Format::Json,
            }))
        }
    }
}

fn shown(app: &App, file: &str) -> String {
    if app.path.is_empty() {
        file.to_owned()
    } else {
        format!("{}/{file}", app.path)
    }
}

fn nothing_says(app: &App, series: &Series, environment: &str) -> Problem {
    let config = &series.config;
    let (who, example) = match config.layout {
        Layout::Sharded => (
            "the shards",
            "urls = [\"${SHARD_0_URL}\", \"${SHARD_1_URL}\"]",
        ),
        Layout::DatabasePerTenant => ("the tenants", "tenants = { file = \"tenants.txt\" }"),
        _ => ("the tenants", "tenants = { query = \"select …\" }"),
    };
    Problem::config(
        "missing-tenants",
        format!("nothing says which {who} of {} are", series.label()),
    )
    .at(config.place.clone().labelled("this database"))
    .help(format!(
        "in [environments.{environment}] of {}: {} = {{ {example} }}",
        app.config.source.path, config.name
    ))
}

/// The databases that an environment's entry names one by one.
pub(super) fn urls(asked: Asked<'_>, urls: &[Text]) -> Result<Vec<Arc<Parameters>>, Problems> {
    let mut problems = Problems::default();
    let found = urls
        .iter()
        .filter_map(|text| problems.take(parameters(text, asked.runtime)))
        .map(Arc::new)
        .collect();
    problems.or_ok(found)
}
