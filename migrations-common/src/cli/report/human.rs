//! What a person reads: events as they come, and what a command found in the end.
//!
//! The rooms below this one make text of values; this one writes it, and keeps progress out of its way.

mod apps;
mod blocks;
mod event;
mod history;
mod invocation;
mod outcome;
mod plans;
mod progress;
mod standing;
mod status;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::cause::{Cause, causes};
use super::problem::{Look, Severity, render};
use super::streams::{Stream, Streams};
use super::wording::{GOOD, INDENT, headed};
use crate::app::App;
use crate::event::Event;
use crate::fleet::{State, Status};
use crate::history::History;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::report::{Report, Unresolved};
use crate::target::Target;
use blocks::Names;
use progress::Progress;

pub use invocation::Invocation;

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

    /// Shows how a run ended, be it of migrate, rollback, baseline or repair. `file` is where the whole report is.
    pub fn report(&self, report: &Report, file: Option<&Path>) {
        self.progress.finish();
        self.causes_of(report, Names::Below);
        let text = outcome::text(report, &self.invocation, file, self.look.width);
        self.put(Stream::Results, &text);
    }

    /// Shows what stopped targets of a run, where a document for programs tells the rest.
    pub fn problems_of(&self, report: &Report) {
        self.causes_of(report, Names::Here);
    }

    /// Shows how targets stand.
    pub fn status(&self, status: &Status) {
        self.put(Stream::Results, &status::text(status, self.look.width));
        self.unresolved(&status.unresolved);
        let (stopped, others): (Vec<_>, Vec<_>) = status
            .targets
            .iter()
            .flat_map(|one| one.problems.iter().map(move |problem| (one, problem)))
            .partition(|(one, _)| matches!(one.state, State::Diverged | State::Unreachable));
        let causes = causes(
            others
                .into_iter()
                .map(|(one, problem)| (&one.target, problem)),
        );
        self.causes(&causes, Severity::Warning, Names::Here, |_| None);
        let stopped = stopped
            .into_iter()
            .map(|(one, problem)| (&one.target, problem));
        self.stopped(stopped, Names::Here, |_| None);
    }

    /// Shows what is recorded.
    pub fn history(&self, histories: &[(Arc<Target>, Result<History, Problem>)]) {
        self.put(Stream::Results, &history::text(histories));
        let problems = histories
            .iter()
            .filter_map(|(target, history)| Some((target, history.as_ref().err()?)));
        self.stopped(problems, Names::Here, |_| None);
    }

    /// Shows what would run, and what stands in the way.
    pub fn plans(&self, plans: &[(Arc<Target>, Arc<Plan>)], report: &Report) {
        self.put(Stream::Results, &plans::text(plans, report));
        self.unresolved(&report.unresolved);
        self.stopped(all_problems(report), Names::Here, |_| None);
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

    fn causes_of(&self, report: &Report, names: Names) {
        self.unresolved(&report.unresolved);
        let again = self.invocation.again();
        let step = |problem: &Problem| outcome::next_step(problem, &again);
        self.stopped(all_problems(report), names, step);
    }

    /// Shows why the targets of a series are not known.
    fn unresolved(&self, unresolved: &[Unresolved]) {
        for one in unresolved {
            let severity = if standing::is_early(one) {
                Severity::Note
            } else {
                Severity::Error
            };
            self.show([&one.problem], severity);
        }
    }

    /// Shows what stopped targets, each cause once.
    fn stopped<'p>(
        &self,
        problems: impl Iterator<Item = (&'p Arc<Target>, &'p Problem)>,
        names: Names,
        step: impl Fn(&Problem) -> Option<String>,
    ) {
        self.causes(&causes(problems), Severity::Error, names, step);
    }

    fn causes(
        &self,
        causes: &[Cause<'_>],
        severity: Severity,
        names: Names,
        step: impl Fn(&Problem) -> Option<String>,
    ) {
        let text = blocks::text(causes, severity, self.look, names, step);
        self.put(Stream::Notes, &text);
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

fn all_problems(report: &Report) -> impl Iterator<Item = (&Arc<Target>, &Problem)> {
    report
        .targets
        .iter()
        .flat_map(|one| one.problems.iter().map(|problem| (&one.target, problem)))
}

#[cfg(test)]
mod tests;
