//! refinery, as a team with many schemas writes it: one connection, and its runner on each schema in turn.

use migrations_common::sql::quote;
use refinery::{Runner, load_sql_migrations};

use super::{Candidate, Migrate, REFINERY};
use crate::Failure;
use crate::place::{Place, connect};
use crate::workload::Files;

/// refinery in a loop.
pub(crate) struct Refinery;

impl Candidate for Refinery {
    fn name(&self) -> &'static str {
        REFINERY
    }

    fn history_table(&self) -> &'static str {
        "refinery_schema_history"
    }

    fn prepare(&self, place: &Place, files: &Files) -> Result<Migrate, Failure> {
        let runner = Runner::new(&load_sql_migrations(files.migrations())?);
        let (parameters, schemas) = (place.parameters.clone(), place.schemas.clone());
        Ok(Box::new(move || {
            let mut client = connect(&parameters)?;
            for schema in schemas {
                let path = quote::identifier(&schema);
                client.batch_execute(&format!("set search_path = {path}"))?;
                runner.run(&mut client)?;
            }
            Ok(())
        }))
    }
}
