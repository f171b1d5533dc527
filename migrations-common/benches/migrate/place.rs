//! The server, and the databases that are made on it for one candidate's turn.

use std::sync::atomic::{AtomicU32, Ordering};

use migrations_common::Environment;
use migrations_common::connect::Parameters;
use migrations_common::embedded::{Running, Search, ThrowAway, locate};
use migrations_common::sql::quote;
use postgres::{Client, NoTls, SimpleQueryMessage};

use crate::Failure;
use crate::candidate::History;
use crate::workload::{Files, TAKES_NEWEST_BACK};

/// A server to measure on.
pub(crate) struct Server {
    parameters: Parameters,
    /// Ends the server when we end, if it is ours.
    own: Option<ThrowAway>,
}

/// A database with schemas, one a target.
pub(crate) struct Place {
    /// How to connect to the database.
    pub(crate) parameters: Parameters,
    /// The schemas.
    pub(crate) schemas: Vec<String>,
}

/// Schemas that are prepared or verified in one round trip; bounds the locks of its transaction.
const CHUNK: usize = 200;

impl Server {
    /// The server at `url`, else a throw-away one.
    pub(crate) fn of(url: Option<&str>) -> Result<Self, Failure> {
        let environment = Environment::of_process();
        if let Some(url) = url {
            return Ok(Server {
                parameters: Parameters::from_url(url, &environment)?,
                own: None,
            });
        }
        let cache = std::env::temp_dir().join("migrations-common-bench");
        let installation = locate(&Search::of(&environment, cache.clone()))?;
        let own = ThrowAway::start(&installation, &cache)?;
        Ok(Server {
            parameters: Parameters::from_url(&own.url("postgres"), &environment)?,
            own: Some(own),
        })
    }

    /// The throw-away server, if it is one.
    pub(crate) fn own(&self) -> Option<&Running> {
        self.own.as_deref()
    }

    /// The server's version.
    pub(crate) fn version(&self) -> Result<String, Failure> {
        let row = connect(&self.parameters)?.query_one("show server_version", &[])?;
        Ok(row.try_get(0)?)
    }

    /// A new database with as many schemas.
    pub(crate) fn make_place(&self, targets: usize) -> Result<Place, Failure> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "bench_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let create = format!(
            "create database {} template template0",
            quote::identifier(&name)
        );
        connect(&self.parameters)?.batch_execute(&create)?;
        let place = Place::of(self.parameters.with_database(&name), targets);
        let mut client = connect(&place.parameters)?;
        on_each(&mut client, &place.schemas, |schema| {
            format!("create schema {schema}")
        })?;
        // So that no candidate pays for what the one before it left in memory.
        client.batch_execute("checkpoint")?;
        Ok(place)
    }

    /// Drops the database of `place`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the place is gone afterwards"
    )]
    pub(crate) fn remove(&self, place: Place) -> Result<(), Failure> {
        let name = quote::identifier(place.database());
        let drop = format!("drop database {name} with (force)");
        Ok(connect(&self.parameters)?.batch_execute(&drop)?)
    }
}

impl Place {
    /// The database that `parameters` lead to, with as many schemas.
    pub(crate) fn of(parameters: Parameters, targets: usize) -> Self {
        Place {
            parameters,
            schemas: (1..=targets).map(|n| format!("tenant_{n}")).collect(),
        }
    }

    /// The same database with its first schema alone.
    pub(crate) fn first(&self) -> Place {
        Place::of(self.parameters.clone(), 1)
    }

    /// The way to the database.
    pub(crate) fn url(&self) -> String {
        self.parameters.as_url().expose().to_owned()
    }

    /// The database's name.
    pub(crate) fn database(&self) -> &str {
        self.parameters.database()
    }

    /// Gives all schemas the history of the first.
    pub(crate) fn copy_history(&self, history: &History) -> Result<(), Failure> {
        let Some((first, others)) = self.schemas.split_first() else {
            return Ok(());
        };
        let table = quote::identifier(history.table);
        let model = format!("{}.{table}", quote::identifier(first));
        let mut client = connect(&self.parameters)?;
        on_each(&mut client, others, |schema| {
            format!(
                "create table {schema}.{table} (like {model} including all); insert into {schema}.{table} table {model}"
            )
        })?;
        Ok(client.batch_execute("checkpoint")?)
    }

    /// Takes the newest of `files` back on every twentieth target, and on one at least.
    pub(crate) fn take_back_few(&self, history: &History, files: &Files) -> Result<(), Failure> {
        let few: Vec<String> = self.schemas.iter().step_by(20).cloned().collect();
        let forgets = history.forgets(files.newest());
        let mut client = connect(&self.parameters)?;
        on_each(&mut client, &few, |schema| {
            format!("set local search_path = {schema}; {TAKES_NEWEST_BACK}; {forgets}")
        })
    }

    /// Fails unless the history in every schema is at `version`: who does not migrate is not quick.
    pub(crate) fn verify(&self, history: &History, version: i64) -> Result<(), Failure> {
        let mut client = connect(&self.parameters)?;
        let table = quote::identifier(history.table);
        let (column, mut seen) = (history.version, 0);
        for schemas in self.schemas.chunks(CHUNK) {
            let newest = each(schemas, |schema| {
                format!("select max({column}::int8) from {schema}.{table}")
            });
            for message in client.simple_query(&newest)? {
                let SimpleQueryMessage::Row(row) = message else {
                    continue;
                };
                let found = row.get(0).unwrap_or("nothing");
                if found != version.to_string() {
                    return Err(format!("a schema is at {found}, not at {version}").into());
                }
                seen += 1;
            }
        }
        if seen == self.schemas.len() {
            Ok(())
        } else {
            Err(format!("{seen} schemas of {} are there", self.schemas.len()).into())
        }
    }
}

fn on_each(
    client: &mut Client,
    schemas: &[String],
    sql: impl Fn(&str) -> String,
) -> Result<(), Failure> {
    for schemas in schemas.chunks(CHUNK) {
        client.batch_execute(&each(schemas, &sql))?;
    }
    Ok(())
}

fn each(schemas: &[String], sql: impl Fn(&str) -> String) -> String {
    let each: Vec<String> = schemas
        .iter()
        .map(|schema| sql(&quote::identifier(schema)))
        .collect();
    each.join(";\n")
}

/// Each candidate connects like this, but those that have their own way.
pub(crate) fn connect(parameters: &Parameters) -> Result<Client, Failure> {
    Ok(Client::connect(parameters.as_url().expose(), NoTls)?)
}
