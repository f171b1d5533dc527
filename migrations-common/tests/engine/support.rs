//! A server for all tests, a database for each, and apps made from a few lines.

pub(crate) mod tenancy;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use migrations_common::app::App;
use migrations_common::connect::Parameters;
use migrations_common::embedded::Running;
use migrations_common::event::{Event, Observer};
use migrations_common::fleet::{self, MigrateRequest};
use migrations_common::interrupt::Interrupt;
use migrations_common::placeholder::Values;
use migrations_common::program::Program;
use migrations_common::report::Report;
use migrations_common::runner::Context;
use migrations_common::target::{Scope, Target};
use migrations_common::testing;
use migrations_common::{Environment, Problem};
use postgres::{Client, NoTls};

/// The server of this test run; it ends with the process.
pub(crate) fn server() -> &'static Running {
    static SERVER: OnceLock<Running> = OnceLock::new();
    SERVER.get_or_init(|| testing::server().expect("a PostgreSQL on this machine"))
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

    /// The same as another role.
    pub(crate) fn url_as(&self, role: &str) -> String {
        let url = self.url();
        let (_, at) = url.split_once('@').expect("a user");
        format!("postgres://{role}@{at}")
    }

    /// Makes a role of this test alone: roles belong to the whole server.
    pub(crate) fn role(&self) -> String {
        let role = format!("{}_role", self.name);
        self.run(&format!("create role {role} login"));
        role
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(&self.url(), NoTls).expect("connects")
    }

    /// Waits until `condition` holds.
    pub(crate) fn wait_until(&self, condition: &str) {
        let mut client = self.client();
        let until = Instant::now() + Duration::from_secs(30);
        while !client
            .query_one(&format!("select {condition}"), &[])
            .expect("answers")
            .get::<_, bool>(0)
        {
            assert!(Instant::now() < until, "never: {condition}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// What the history table of `app` records: `1,2`, or `none` without a table.
    pub(crate) fn history(&self, app: &str) -> String {
        let table = format!("{app}_core_schema_history");
        if self.value(&format!("select to_regclass('{table}') is null")) == "true" {
            return "none".to_owned();
        }
        self.value(&format!(
            "select coalesce(string_agg(version::text, ',' order by version), '') from {table}"
        ))
    }

    /// Whether there is a table, index or view `name`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.value(&format!("select to_regclass('{name}') is not null")) == "true"
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
        format!("[databases.core]\nshared = \"core\"\n{config}\n"),
    )
    .expect("written");
    for (file, text) in files {
        std::fs::write(migrations.join(file), text).expect("written");
    }
    App::from_disk(name, &format!("apps/{name}"), directory.path()).expect("valid")
}

/// Where `core` of `app` runs in `place`.
pub(crate) fn target(app: &App, place: &TestDatabase) -> Arc<Target> {
    Arc::new(target_at(app, &place.url()))
}

/// Where `core` of `app` runs at `url`.
pub(crate) fn target_at(app: &App, url: &str) -> Target {
    Target {
        scope: Scope::of(&app.series[0], Values::new()),
        environment: "test".into(),
        parameters: Arc::new(Parameters::from_url(url, &Environment::default()).expect("valid")),
        direct: None,
        max_connections: 8,
        made_on_demand: false,
        origin: None,
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
        Recorder::reacting(|_| {})
    }

    /// One that does something about each event, on the run's own thread.
    pub(crate) fn reacting(react: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        let events = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&events);
        let observer: Observer = Arc::new(move |event: &Event| {
            seen.lock().expect("whole").push(event.clone());
            react(event);
        });
        let context = Context {
            observer,
            interrupt: Interrupt::default(),
            lock_wait: Duration::from_secs(30),
            patience: None,
            program: Program::xtask(),
            known: Arc::default(),
        };
        Recorder { events, context }
    }

    /// One that waits for locks no longer than `lock_wait`.
    pub(crate) fn waiting(lock_wait: Duration) -> Self {
        let mut recorder = Recorder::new();
        recorder.context.lock_wait = lock_wait;
        recorder
    }

    /// Migrates `targets` to their heads.
    pub(crate) fn migrate(&self, targets: &[Arc<Target>]) -> Report {
        fleet::migrate(targets, &[], &MigrateRequest::default(), &self.context)
    }

    /// The same on a thread of its own.
    pub(crate) fn start(&self, target: &Arc<Target>) -> JoinHandle<Report> {
        let (recorder, target) = (self.clone(), Arc::clone(target));
        thread::spawn(move || recorder.migrate(&[target]))
    }

    /// Whether an event was seen that `is_it`.
    pub(crate) fn saw(&self, is_it: impl Fn(&Event) -> bool) -> bool {
        self.events.lock().expect("whole").iter().any(is_it)
    }
}

/// Migrates the app's `core` in `place`, to its head.
pub(crate) fn migrate(app: &App, place: &TestDatabase) -> Report {
    migrate_with(app, place, &MigrateRequest::default())
}

pub(crate) fn migrate_with(app: &App, place: &TestDatabase, request: &MigrateRequest) -> Report {
    fleet::migrate(
        &[target(app, place)],
        &[],
        request,
        &Recorder::new().context,
    )
}

/// Migrates `app` with `files`, and wants nothing to go wrong.
pub(crate) fn succeed(files: &[(&str, &str)], place: &TestDatabase) {
    let report = migrate(&app("shop", "", files), place);
    assert_eq!(report.exit_code(), 0, "{report:#?}");
}

/// The versions that a run applied on its first target.
pub(crate) fn applied(report: &Report) -> Vec<i64> {
    report.targets[0]
        .applied
        .iter()
        .map(|applied| applied.migration.version)
        .collect()
}

/// The only problem of a run's first target.
pub(crate) fn problem(report: &Report) -> &Problem {
    let problems = &report.targets[0].problems;
    assert_eq!(problems.len(), 1, "{report:#?}");
    &problems[0]
}

/// Each problem as `line:column code`, or just its code where no line shows it.
pub(crate) fn findings(problems: &[Problem]) -> Vec<String> {
    let finding = |problem: &Problem| match problem.places.first() {
        Some(place) if !place.text.is_empty() => {
            let (line, column) = place.line_column();
            format!("{line}:{column} {}", problem.code)
        }
        _ => problem.code.to_owned(),
    };
    problems.iter().map(finding).collect()
}
