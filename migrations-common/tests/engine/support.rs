//! A server for all tests, a database for each, and apps made from a few lines.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use migrations_common::app::{App, Database};
use migrations_common::connect::Parameters;
use migrations_common::embedded::{Running, Search, ThrowAway, locate};
use migrations_common::event::{Event, Observer};
use migrations_common::fleet::{self, MigrateRequest};
use migrations_common::interrupt::Interrupt;
use migrations_common::placeholder::Values;
use migrations_common::report::Report;
use migrations_common::runner::Context;
use migrations_common::target::{Scope, Target};
use migrations_common::{Environment, Problem};
use postgres::{Client, NoTls};

/// The server of this test run; it ends with the process.
pub(crate) fn server() -> &'static Running {
    static SERVER: OnceLock<ThrowAway> = OnceLock::new();
    SERVER.get_or_init(|| {
        let environment = Environment::of_process();
        let cache = std::env::temp_dir().join("migrations-common-tests");
        let installation =
            locate(&Search::of(&environment, cache.clone())).expect("a PostgreSQL on this machine");
        ThrowAway::start(&installation, &cache).expect("the server starts")
    })
}

/// A database of this test alone, empty.
pub(crate) struct TestDatabase {
    pub(crate) name: String,
}

impl TestDatabase {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
        server().ensure_database(&name).expect("created");
        TestDatabase { name }
    }

    pub(crate) fn url(&self) -> String {
        server().url(&self.name)
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(&self.url(), NoTls).expect("connects")
    }

    /// The one value that `query` gives, as text.
    pub(crate) fn value(&self, query: &str) -> String {
        let row = self
            .client()
            .query_one(&format!("select ({query})::text"), &[])
            .expect("answers");
        row.get::<_, Option<String>>(0)
            .unwrap_or_else(|| "NULL".to_owned())
    }

    pub(crate) fn run(&self, sql: &str) {
        self.client().batch_execute(sql).expect("runs");
    }
}

/// An app with one database `core`, from `migrations.toml` lines and (file name, text) pairs.
pub(crate) fn app(name: &str, config: &str, files: &[(&str, &str)]) -> App {
    let directory = tempfile::tempdir().expect("made");
    let migrations = directory.path().join("migrations/core");
    std::fs::create_dir_all(&migrations).expect("made");
    std::fs::write(
        directory.path().join("migrations.toml"),
        format!("[databases.core]\n{config}\n"),
    )
    .expect("written");
    for (file, text) in files {
        std::fs::write(migrations.join(file), text).expect("written");
    }
    App::from_disk(name, &format!("apps/{name}"), directory.path()).expect("valid")
}

/// Where `database` of an app runs in `place`.
pub(crate) fn target(database: &Arc<Database>, place: &TestDatabase) -> Target {
    Target {
        scope: Scope::of(database, Values::new()),
        environment: "test".to_owned(),
        parameters: Parameters::from_url(&place.url(), &Environment::default()).expect("valid"),
        direct: None,
        made_on_demand: false,
    }
}

/// A run's context that keeps what happened.
#[derive(Clone)]
pub(crate) struct Recorder {
    pub(crate) events: Arc<Mutex<Vec<Event>>>,
    pub(crate) context: Context,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        let events = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&events);
        let observer: Observer =
            Arc::new(move |event: &Event| seen.lock().expect("whole").push(event.clone()));
        let context = Context {
            observer,
            interrupt: Interrupt::default(),
            lock_wait: Duration::from_secs(30),
            histories: std::collections::HashMap::new(),
        };
        Recorder { events, context }
    }
}

/// Migrates the app's `core` in `place`, to its head.
pub(crate) fn migrate(app: &App, place: &TestDatabase) -> Report {
    migrate_with(app, place, MigrateRequest::default())
}

pub(crate) fn migrate_with(app: &App, place: &TestDatabase, request: MigrateRequest) -> Report {
    let target = Arc::new(target(&app.databases[0], place));
    fleet::migrate(&[target], &[], request, &Recorder::new().context)
}

/// The versions that a run applied on its only target.
pub(crate) fn applied(report: &Report) -> Vec<i64> {
    report.targets[0]
        .applied
        .iter()
        .map(|applied| applied.migration.version)
        .collect()
}

/// The only problem of a run's only target.
pub(crate) fn problem(report: &Report) -> &Problem {
    let problems = &report.targets[0].problems;
    assert_eq!(problems.len(), 1, "{problems:#?}");
    &problems[0]
}
