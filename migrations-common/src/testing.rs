//! A server for a test run, and a database for each test.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::app::{App, Series};
use crate::connect::Parameters;
use crate::embedded::{Running, Search, ThrowAway, locate};
use crate::environment::Environment;
use crate::fleet::{self, MigrateRequest};
use crate::interrupt::Interrupt;
use crate::placeholder::Values;
use crate::problem::Problem;
use crate::program::Program;
use crate::report::Report;
use crate::runner::Context;
use crate::target::{Scope, Target};

/// A database of one test, empty, on a throw-away server that the process starts once and that ends with it.
#[derive(Debug)]
pub struct TestDatabase {
    /// Its name on the server.
    pub name: String,
    server: Running,
}

static SERVER: Mutex<Option<ThrowAway>> = Mutex::new(None);
static NEXT: AtomicU32 = AtomicU32::new(0);

impl TestDatabase {
    /// Makes a database, and starts the server if this is the first one.
    ///
    /// # Errors
    /// No PostgreSQL is found, the server does not start, or it refuses.
    pub fn create() -> Result<TestDatabase, Problem> {
        let server = server()?;
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        server.ensure_database(&name)?;
        Ok(TestDatabase { name, server })
    }

    /// How to connect, for libpq and the `postgres` crate.
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// `series` of an app, living here.
    ///
    /// # Errors
    /// None in practice: the server's own URL is read.
    pub fn target(&self, series: &Arc<Series>) -> Result<Target, Problem> {
        Ok(Target {
            scope: Scope::of(series, Values::new()),
            environment: "test".into(),
            parameters: Arc::new(Parameters::from_url(&self.url(), &Environment::default())?),
            direct: None,
            max_connections: 8,
            made_on_demand: false,
            origin: None,
        })
    }

    /// Applies all migrations of the databases called `database` of `apps` here, in the order of their requirements.
    ///
    /// # Errors
    /// As [`TestDatabase::target`]; what a migration came to is in the report.
    pub fn migrate(&self, database: &str, apps: &[&App]) -> Result<Report, Problem> {
        let mut targets = Vec::new();
        for app in apps {
            app.database(database)?;
            for series in app.series_of(database) {
                targets.push(Arc::new(self.target(series)?));
            }
        }
        Ok(fleet::migrate(
            &targets,
            &[],
            &MigrateRequest::default(),
            &quiet(),
        ))
    }
}

/// The server of this process.
///
/// # Errors
/// No PostgreSQL is found, or the server does not start.
pub fn server() -> Result<Running, Problem> {
    let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    let started = match server.take() {
        Some(started) => started,
        None => {
            // Beside other runs' servers, which share the template of a data directory.
            let directory = std::env::temp_dir().join("migrations-common-tests");
            let installation = locate(&Search::of(
                &Environment::of_process(),
                directory.join("packages"),
            ))?;
            ThrowAway::start(&installation, &directory)?
        }
    };
    Ok(Running::clone(server.insert(started)))
}

/// A run that tells nobody.
pub fn quiet() -> Context {
    Context {
        observer: Arc::new(|_| {}),
        interrupt: Interrupt::default(),
        lock_wait: Duration::from_mins(1),
        patience: None,
        program: Program::xtask(),
        known: Arc::default(),
    }
}
