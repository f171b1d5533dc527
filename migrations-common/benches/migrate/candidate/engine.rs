//! The engine of this crate.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use migrations_common::app::{App, Database};
use migrations_common::config::Granularity;
use migrations_common::fleet::{self, MigrateRequest};
use migrations_common::interrupt::Interrupt;
use migrations_common::placeholder::Values;
use migrations_common::runner::Context;
use migrations_common::target::{Scope, Target};

use super::{Candidate, Migrate};
use crate::Failure;
use crate::place::Place;
use crate::workload::Files;

/// The engine, with transactions of one size.
pub(crate) struct Engine {
    name: &'static str,
    transaction: Granularity,
}

impl Engine {
    /// All that is pending on a target in one transaction, as far as it may share one.
    pub(crate) fn by_target() -> Self {
        Engine {
            name: "engine, transaction = target",
            transaction: Granularity::Target,
        }
    }

    /// Each migration in its own.
    pub(crate) fn by_migration() -> Self {
        Engine {
            name: "engine, transaction = migration",
            transaction: Granularity::Migration,
        }
    }

    fn database(&self, files: &Files) -> Result<Arc<Database>, Failure> {
        let app = App::from_disk("bench", "apps/bench", &files.app)?;
        let mut database = Database::clone(app.database("core")?);
        database.config.transaction = self.transaction;
        Ok(Arc::new(database))
    }
}

impl Candidate for Engine {
    fn name(&self) -> &'static str {
        self.name
    }

    fn history_table(&self) -> &'static str {
        "bench_core_schema_history"
    }

    fn prepare(&self, place: &Place, files: &Files) -> Result<Migrate, Failure> {
        let database = self.database(files)?;
        let targets: Vec<Arc<Target>> = place
            .schemas
            .iter()
            .map(|schema| Arc::new(target(&database, place, schema)))
            .collect();
        let context = Context {
            observer: Arc::new(|_| {}),
            interrupt: Interrupt::default(),
            lock_wait: Duration::from_secs(30),
            program: "bench".to_owned(),
            histories: HashMap::new(),
        };
        Ok(Box::new(move || {
            let report = fleet::migrate(&targets, &[], MigrateRequest::default(), &context);
            match report.targets.iter().find_map(|t| t.problems.first()) {
                Some(problem) => Err(problem.clone().into()),
                None => Ok(()),
            }
        }))
    }
}

fn target(database: &Arc<Database>, place: &Place, schema: &str) -> Target {
    let mut scope = Scope::of(database, Values::new());
    schema.clone_into(&mut scope.history.schema);
    Target {
        scope,
        environment: "bench".to_owned(),
        parameters: place.parameters.clone(),
        direct: None,
        made_on_demand: false,
    }
}
