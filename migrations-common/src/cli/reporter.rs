//! One way to answer, chosen by `--format`: for people, or one document of JSON with the rest on stderr.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::args::Format;
use super::report::{Check, Human, Invocation, Streams, json, terminal};
use crate::app::App;
use crate::environment::Environment;
use crate::event::{Event, Observer};
use crate::fleet::Status;
use crate::history::History;
use crate::plan::Plan;
use crate::problem::{Problem, Problems};
use crate::report::Report;
use crate::target::Target;

/// Answers a command.
pub struct Reporter {
    human: Arc<Human>,
    document: Option<Document>,
}

/// Files of one series.
pub struct Written {
    /// What they are of: `app3 workspaces (tenant)`.
    pub of: String,
    /// Their directory.
    pub into: String,
    /// Their paths.
    pub files: Vec<String>,
}

/// Where JSON goes.
#[derive(Clone)]
struct Document {
    streams: Arc<Mutex<Streams>>,
    /// Whether each event is a line of its own.
    events: bool,
}

impl Reporter {
    /// A reporter to the process's terminal.
    pub fn new(
        format: Format,
        events: bool,
        verbose: bool,
        invocation: Invocation,
        environment: &Environment,
    ) -> Self {
        match format {
            Format::Human => Reporter {
                human: Arc::new(Human::new(
                    terminal::streams(environment),
                    invocation,
                    verbose,
                )),
                document: None,
            },
            Format::Json => Reporter {
                human: Arc::new(Human::new(
                    terminal::beside_json(environment),
                    invocation,
                    verbose,
                )),
                document: Some(Document {
                    streams: Arc::new(Mutex::new(terminal::streams(environment))),
                    events,
                }),
            },
        }
    }

    /// How the command was called.
    pub fn invocation(&self) -> &Invocation {
        self.human.invocation()
    }

    /// Receives a run's events.
    pub fn observer(&self) -> Observer {
        let human = Arc::clone(&self.human);
        let Some(document) = self.document.clone() else {
            return Arc::new(move |event: &Event| human.event(event));
        };
        Arc::new(move |event: &Event| {
            if document.events {
                document.line(&json::event(event));
            }
            if let Event::Warning(_) = event {
                human.event(event);
            }
        })
    }

    /// How a run ended. `file` is its run file, if it has one.
    pub fn report(&self, report: &Report, file: Option<&Path>) {
        match &self.document {
            None => self.human.report(report, file),
            Some(document) => {
                self.human.problems_of(report);
                document.write(|out| json::report(out, report));
            }
        }
    }

    /// How targets stand.
    pub fn status(&self, status: &Status) {
        match &self.document {
            None => self.human.status(status),
            Some(document) => document.write(|out| json::status(out, status)),
        }
    }

    /// What is recorded.
    pub fn history(&self, histories: &[(Arc<Target>, Result<History, Problem>)]) {
        match &self.document {
            None => self.human.history(histories),
            Some(document) => document.write(|out| json::history(out, histories)),
        }
    }

    /// What would run.
    pub fn plans(&self, plans: &[(Arc<Target>, Arc<Plan>)], report: &Report) {
        match &self.document {
            None => self.human.plans(plans, report),
            Some(document) => document.write(|out| json::plans(out, plans, report)),
        }
    }

    /// What was discovered.
    pub fn apps(&self, apps: &[App], problems: &[Problem]) {
        match &self.document {
            None => self.human.apps(apps, problems),
            Some(document) => document.write(|out| json::apps(out, apps, problems)),
        }
    }

    /// What `check` found.
    pub fn check(&self, check: &Check) {
        match &self.document {
            None => self.human.check(check),
            Some(document) => document.write(|out| json::check(out, check)),
        }
    }

    /// Files that were written; many of one series are counted.
    pub fn written(&self, written: &[Written]) {
        const LISTED: usize = 5;
        if let Some(document) = &self.document {
            let files: Vec<String> = written.iter().flat_map(|one| one.files.clone()).collect();
            document.write(|out| json::written(out, &files));
            return;
        }
        for Written { of, into, files } in written {
            if files.len() <= LISTED {
                for file in files {
                    self.human.tell("Wrote", file);
                }
            } else {
                let text = format!("{} files for {of} in {into}", files.len());
                self.human.tell("Wrote", &text);
            }
        }
    }

    /// What stopped the command before it had targets.
    pub fn problems(&self, problems: &Problems) {
        self.human.problems(&problems.0);
        if let Some(document) = &self.document {
            document.write(|out| json::problems(out, &problems.0));
        }
    }

    /// What stops nothing.
    pub fn warnings(&self, warnings: &[Problem]) {
        self.human.warnings(warnings);
    }

    /// The embedded server, once it is there; silent if it ran already.
    pub fn server(&self, version: &str, shown: &str, started: Option<Duration>) {
        if let Some(time) = started {
            self.human.tell(
                "Embedded",
                &format!(
                    "PostgreSQL {version} in {shown} (started in {:.1} s)",
                    time.as_secs_f64()
                ),
            );
        }
    }
}

impl Document {
    fn write(&self, document: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        self.streams().document(document);
    }

    fn line(&self, value: &Value) {
        self.streams().json(value);
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
