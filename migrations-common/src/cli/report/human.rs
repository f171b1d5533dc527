//! What a person reads: events as they come, and what a command found in the end.
//!
//! The rooms below this one make text of values; this one writes it, and keeps progress out of its way.

mod apps;
mod event;
mod history;
mod outcome;
mod plans;
mod progress;
mod status;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::problem::{Look, Severity, render};
use super::streams::{Stream, Streams};
use super::wording::{GOOD, INDENT, headed};
use crate::app::App;
use crate::event::Event;
use crate::fleet::{State, Status};
use crate::history::History;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::report::Report;
use crate::target::Target;
use progress::Progress;

/// How the command was called, for messages that tell what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The command line that does the same again: `cargo xtask migrate app1`.
    pub again: String,
}

/// Writes for people.
pub struct Human {
    invocation: Invocation,
    /// Whether the server's chatter is shown too.
    verbose: bool,
    look: Look,
    progress: Progress,
    page: Mutex<Page>,
}

struct Page {
    streams: Streams,
    /// The target that the last line of a migration belongs to.
    under: Option<Arc<Target>>,
}

impl Human {
    /// A reporter that writes to `streams`. With `verbose`, every message of the server is shown, else warnings.
    pub fn new(streams: Streams, invocation: Invocation, verbose: bool) -> Self {
        Human {
            invocation,
            verbose,
            // Streams take styles out where they must not be.
            look: Look {
                width: streams.width,
                colour: true,
            },
            progress: Progress::new(streams.live, streams.width),
            page: Mutex::new(Page {
                streams,
                under: None,
            }),
        }
    }

    /// Shows what happened; to be called from any thread.
    pub fn event(&self, event: &Event) {
        self.progress.event(event);
        let mut page = self.page();
        let text = event::text(event, page.under.as_ref(), self.verbose, self.look);
        if let Some((stream, text)) = text {
            page.under = event::target(event).map(Arc::clone);
            self.write(&mut page, stream, &text);
        }
    }

    /// Shows how a run ended, be it of migrate, rollback, baseline or repair.
    pub fn report(&self, report: &Report) {
        self.progress.finish();
        self.problems(&outcome::problems(report, &self.invocation));
        self.put(Stream::Results, &outcome::text(report));
    }

    /// Shows how targets stand.
    pub fn status(&self, status: &Status) {
        self.put(Stream::Results, &status::text(&status.targets));
        let (stopped, others): (Vec<_>, Vec<_>) = status
            .targets
            .iter()
            .partition(|one| matches!(one.state, State::Diverged | State::Unreachable));
        self.show(
            others.iter().flat_map(|one| &one.problems),
            Severity::Warning,
        );
        self.show(
            stopped.iter().flat_map(|one| &one.problems),
            Severity::Error,
        );
    }

    /// Shows what is recorded.
    pub fn history(&self, histories: &[(Arc<Target>, Result<History, Problem>)]) {
        self.put(Stream::Results, &history::text(histories));
        let problems = histories
            .iter()
            .filter_map(|(_, history)| history.as_ref().err());
        self.show(problems, Severity::Error);
    }

    /// Shows what would run, and what stands in the way.
    pub fn plans(&self, plans: &[(Arc<Target>, Arc<Plan>)], report: &Report) {
        self.put(Stream::Results, &plans::text(plans, report));
        let problems = report.targets.iter().flat_map(|target| &target.problems);
        self.show(problems, Severity::Error);
    }

    /// Shows what was discovered, and what is wrong with it.
    pub fn apps(&self, apps: &[App], problems: &[Problem]) {
        self.put(Stream::Results, &apps::text(apps));
        let of_files = apps
            .iter()
            .flat_map(|app| &app.series)
            .flat_map(|series| &series.problems)
            .map(|malformed| &malformed.0);
        self.show(problems.iter().chain(of_files), Severity::Error);
    }

    /// Shows what stopped something.
    pub fn problems(&self, problems: &[Problem]) {
        self.show(problems, Severity::Error);
    }

    /// Shows what stopped nothing.
    pub fn warnings(&self, warnings: &[Problem]) {
        self.show(warnings, Severity::Warning);
    }

    /// Tells of a step that is no result, such as the start of the embedded server: `   Embedded PostgreSQL 15.18`.
    pub fn tell(&self, heading: &str, text: &str) {
        self.put(Stream::Notes, &headed(GOOD, heading, text));
    }

    /// Adds to what was told.
    pub fn hint(&self, text: &str) {
        self.put(Stream::Notes, &format!("{:INDENT$}{text}\n", ""));
    }

    fn show<'p>(&self, problems: impl IntoIterator<Item = &'p Problem>, severity: Severity) {
        let mut texts: Vec<String> = Vec::new();
        for problem in problems {
            // A server that cannot be reached is one problem, whatever the number of its tenants.
            let text = render(problem, severity, self.look);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        self.put(Stream::Notes, &texts.join("\n"));
    }

    fn put(&self, stream: Stream, text: &str) {
        let mut page = self.page();
        page.under = None;
        self.write(&mut page, stream, text);
    }

    fn write(&self, page: &mut Page, stream: Stream, text: &str) {
        if !text.is_empty() {
            self.progress.suspend(|| page.streams.write(stream, text));
        }
    }

    fn page(&self) -> MutexGuard<'_, Page> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
