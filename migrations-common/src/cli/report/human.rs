//! What a person reads: events as they come, and what a command found in the end.
//!
//! The rooms below this one make text of values; this one writes it, and keeps progress out of its way.

mod apps;
mod blocks;
mod check;
mod event;
mod history;
mod invocation;
mod outcome;
mod plans;
mod progress;
mod standing;
mod status;
mod steps;
mod throttle;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::cause::{Cause, causes};
use super::finding::Check;
use super::problem::{Look, Severity, render};
use super::streams::{Stream, Streams};
use super::wording::{GOOD, INDENT, WAITS, count, headed};
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
use throttle::{Throttle, Warned};

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
    throttle: Throttle,
    warned: Warned,
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
                throttle: Throttle::default(),
                warned: Warned::default(),
            }),
        }
    }

    /// How the command was called.
    pub fn invocation(&self) -> &Invocation {
        &self.invocation
    }

    /// Shows what happened; to be called from any thread.
    pub fn event(&self, event: &Event) {
        let now = Instant::now();
        // The page first: lines about one step are written in the order in which they came to be.
        let mut page = self.page();
        if let Some((stream, text)) = self.progress.event(event, now) {
            page.under = None;
            self.write(&mut page, stream, &text);
        }
        let target = event::target(event);
        let is_told = event::is_of_course(event)
            && target.is_some_and(|target| self.progress.tells_of(target));
        if is_told {
            return;
        }
        let under = page.under.as_ref();
        let Some((stream, text)) = event::text(event, under, self.verbose, self.look) else {
            return;
        };
        if let Some(text) = self.held(&mut page, event, text, now) {
            page.under = target.map(Arc::clone);
            self.write(&mut page, stream, &text);
        }
    }

    /// `text`, unless as much was said already.
    fn held(&self, page: &mut Page, event: &Event, text: String, now: Instant) -> Option<String> {
        if let Event::Warning(problem) = event {
            return page.warned.admit(problem, &text).then_some(text);
        }
        let of_many = |target: &Target| self.progress.is_among_many(target);
        let Some(what) = event::repeated(event, of_many) else {
            return Some(text);
        };
        let text = match page.throttle.admit(what, now)? {
            0 => text,
            more => format!("{} (and {more} more such)\n", text.trim_end()),
        };
        Some(text)
    }

    /// Shows how a run ended, be it of migrate, rollback, baseline or repair. `file` is where the whole report is.
    pub fn report(&self, report: &Report, file: Option<&Path>) {
        self.finish();
        self.causes_of(report, Names::Below);
        let text = outcome::text(report, &self.invocation, file, self.look.width);
        self.put(Stream::Results, &text);
    }

    /// Shows what stopped targets of a run, where a document for programs tells the rest.
    pub fn problems_of(&self, report: &Report) {
        self.finish();
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
        self.put(Stream::Results, &history::text(histories, self.look.width));
        let problems = histories
            .iter()
            .filter_map(|(target, history)| Some((target, history.as_ref().err()?)));
        self.stopped(problems, Names::Here, |_| None);
    }

    /// Shows what would run, and what stands in the way.
    pub fn plans(&self, plans: &[(Arc<Target>, Arc<Plan>)], report: &Report) {
        self.put(
            Stream::Results,
            &plans::text(plans, report, self.look.width),
        );
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

    /// What `check` found.
    pub fn check(&self, check: &Check) {
        self.put(Stream::Results, &check::text(check, self.look));
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

    /// Ends progress, and says what of it was left out.
    fn finish(&self) {
        self.progress.finish();
        let rest = self.page().warned.rest();
        for (code, number) in rest {
            let text = format!("and {} of {code}", count(number, "more warning"));
            self.put(Stream::Notes, &headed(WAITS, "", text));
        }
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
