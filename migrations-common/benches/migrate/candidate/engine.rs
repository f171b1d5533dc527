//! The engine of this crate.

use std::sync::Arc;
use std::time::Duration;

use migrations_common::app::{App, Series};
use migrations_common::config::{DatabaseConfig, Granularity};
use migrations_common::fleet::{self, MigrateRequest, Policy};
use migrations_common::interrupt::Interrupt;
use migrations_common::placeholder::Values;
use migrations_common::program::Program;
use migrations_common::runner::Context;
use migrations_common::target::{Scope, Target};

use super::{BY_MIGRATION, BY_TARGET, Candidate, History, Migrate};
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
            name: BY_TARGET,
            transaction: Granularity::Target,
        }
    }

    /// Each migration in its own.
    pub(crate) fn by_migration() -> Self {
        Engine {
            name: BY_MIGRATION,
            transaction: Granularity::Migration,
        }
    }

    fn series(&self, files: &Files) -> Result<Arc<Series>, Failure> {
        let app = App::from_disk("bench", "apps/bench", &files.app)?;
        let series = app.series.first().ok_or("no database")?;
        let mut config = DatabaseConfig::clone(&series.config);
        config.transaction = self.transaction;
        Ok(Arc::new(Series {
            config: Arc::new(config),
            ..Series::clone(series)
        }))
    }
}

impl Candidate for Engine {
    fn name(&self) -> &'static str {
        self.name
    }

    fn history(&self) -> History {
        History {
            table: "bench_core_schema_history",
            version: "version",
            only_newest: false,
        }
    }

    fn prepare(&self, place: &Place, files: &Files, workers: usize) -> Result<Migrate, Failure> {
        let series = self.series(files)?;
        let targets = targets(&series, place, workers);
        let context = Context {
            observer: Arc::new(|_| {}),
            interrupt: Interrupt::default(),
            lock_wait: Duration::from_secs(30),
            patience: None,
            program: Program::default(),
            known: Arc::default(),
        };
        let request = request(workers);
        Ok(Box::new(move || {
            let report = fleet::migrate(&targets, &[], &request, &context);
            match report.targets.iter().find_map(|t| t.problems.first()) {
                Some(problem) => Err(problem.clone().into()),
                None => Ok(()),
            }
        }))
    }
}

/// As many workers as everybody has.
fn request(workers: usize) -> MigrateRequest {
    MigrateRequest {
        policy: Policy {
            jobs: Some(workers),
            ..Policy::default()
        },
        ..MigrateRequest::default()
    }
}

/// They share what a resolver of targets lets them share.
fn targets(series: &Arc<Series>, place: &Place, workers: usize) -> Vec<Arc<Target>> {
    let environment: Arc<str> = "bench".into();
    let parameters = Arc::new(place.parameters.clone());
    let target = |schema: &String| {
        Arc::new(Target {
            scope: Scope::of_tenant(series, schema, Values::new()),
            environment: Arc::clone(&environment),
            parameters: Arc::clone(&parameters),
            direct: None,
            max_connections: workers,
            made_on_demand: false,
            origin: None,
        })
    };
    place.schemas.iter().map(target).collect()
}
