//! refinery, as a team with many schemas writes it: a connection a worker, and its runner on one schema after the other.

use migrations_common::sql::quote;
use refinery::{Runner, load_sql_migrations};

use super::spread::spread;
use super::{Candidate, History, Migrate, REFINERY};
use crate::Failure;
use crate::place::Place;
use crate::workload::Files;

/// refinery in a loop.
pub(crate) struct Refinery;

impl Candidate for Refinery {
    fn name(&self) -> &'static str {
        REFINERY
    }

    fn history(&self) -> History {
        History {
            table: "refinery_schema_history",
            version: "version",
            only_newest: false,
        }
    }

    fn prepare(&self, place: &Place, files: &Files, workers: usize) -> Result<Migrate, Failure> {
        let runner = Runner::new(&load_sql_migrations(files.migrations())?);
        let (parameters, schemas) = (place.parameters.clone(), place.schemas.clone());
        Ok(Box::new(move || {
            spread(&parameters, workers, None, &schemas, |client, schema| {
                let path = quote::identifier(schema);
                client.batch_execute(&format!("set search_path = {path}"))?;
                runner.run(client)?;
                Ok(())
            })
        }))
    }
}
