//! The server, and the databases that are made on it for one candidate's turn.

use std::sync::atomic::{AtomicU32, Ordering};

use migrations_common::Environment;
use migrations_common::connect::Parameters;
use migrations_common::embedded::{Search, ThrowAway, locate};
use migrations_common::sql::quote;
use postgres::{Client, NoTls};

use crate::Failure;

/// A server to measure on.
pub(crate) struct Server {
    parameters: Parameters,
    /// Ends the server when we end, if it is ours.
    _own: Option<ThrowAway>,
}

/// A database with empty schemas, one a target.
pub(crate) struct Place {
    /// How to connect to the database.
    pub(crate) parameters: Parameters,
    /// The schemas.
    pub(crate) schemas: Vec<String>,
}

impl Server {
    /// The server at `url`, else a throw-away one.
    pub(crate) fn of(url: Option<&str>) -> Result<Self, Failure> {
        let environment = Environment::of_process();
        if let Some(url) = url {
            return Ok(Server {
                parameters: Parameters::from_url(url, &environment)?,
                _own: None,
            });
        }
        let cache = std::env::temp_dir().join("migrations-common-bench");
        let installation = locate(&Search::of(&environment, cache.clone()))?;
        let own = ThrowAway::start(&installation, &cache)?;
        Ok(Server {
            parameters: Parameters::from_url(&own.url("postgres"), &environment)?,
            _own: Some(own),
        })
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
        let place = Place {
            parameters: self.parameters.with_database(&name),
            schemas: (1..=targets).map(|n| format!("tenant_{n}")).collect(),
        };
        let schemas: Vec<String> = place
            .schemas
            .iter()
            .map(|schema| format!("create schema {};", quote::identifier(schema)))
            .collect();
        let mut client = place.connect()?;
        client.batch_execute(&schemas.concat())?;
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
        let name = quote::identifier(place.parameters.database());
        let drop = format!("drop database {name} with (force)");
        Ok(connect(&self.parameters)?.batch_execute(&drop)?)
    }
}

impl Place {
    /// A plain connection to the database.
    pub(crate) fn connect(&self) -> Result<Client, Failure> {
        connect(&self.parameters)
    }

    /// Fails unless `table` in every schema records as many migrations: who does not migrate is not quick.
    pub(crate) fn verify(&self, table: &str, migrations: usize) -> Result<(), Failure> {
        let mut client = self.connect()?;
        let table = quote::identifier(table);
        for schema in &self.schemas {
            let schema = quote::identifier(schema);
            let row = client.query_one(&format!("select count(*) from {schema}.{table}"), &[])?;
            let recorded: i64 = row.try_get(0)?;
            if usize::try_from(recorded)? != migrations {
                return Err(format!(
                    "{schema} has {recorded} migrations of {migrations} in {table}"
                )
                .into());
            }
        }
        Ok(())
    }
}

/// Each candidate connects like this, but the engine, which has its own way.
pub(crate) fn connect(parameters: &Parameters) -> Result<Client, Failure> {
    Ok(Client::connect(parameters.as_url().expose(), NoTls)?)
}
