//! An event as a line.

use std::sync::Arc;

use super::super::clean;
use super::super::names::{database, target as name};
use super::super::problem::{Look, Severity, render};
use super::super::streams::Stream;
use super::super::wording::{GOOD, INDENT, WAITS, elapsed, headed, without_transaction};
use crate::event::{Applied, Event, How};
use crate::target::Target;

/// A name longer than this moves what stands behind it.
const NAME_WIDTH: usize = 40;

/// The target of `event`.
pub(super) fn target(event: &Event) -> Option<&Arc<Target>> {
    match event {
        Event::Planned { target, .. }
        | Event::Started { target, .. }
        | Event::Statement { target, .. }
        | Event::Done { target, .. }
        | Event::Waiting { target, .. }
        | Event::Retrying { target, .. }
        | Event::Notice { target, .. } => Some(target),
        Event::Fleet { .. } | Event::Ended { .. } | Event::Pausing { .. } | Event::Warning(_) => {
            None
        }
    }
}

/// Whether it happens to each target of a run, and is told of a step as a whole.
pub(super) fn is_of_course(event: &Event) -> bool {
    matches!(event, Event::Planned { .. } | Event::Done { .. })
}

/// What `event` may be one of very many of: events of one such name need not all be told. `of_many` says whether a target
/// runs among many.
pub(super) fn repeated(event: &Event, of_many: impl Fn(&Target) -> bool) -> Option<String> {
    let target = target(event);
    if target.is_some_and(|target| !of_many(target)) {
        return None;
    }
    let series = target
        .map(|target| target.series.label())
        .unwrap_or_default();
    match event {
        Event::Waiting { .. } => Some(format!("waiting {series}")),
        Event::Retrying { migration, .. } => {
            Some(format!("retrying {series} {}", migration.version))
        }
        Event::Notice {
            severity, message, ..
        } => Some(format!("{severity} {series} {message}")),
        Event::Pausing { server, cause, .. } => Some(format!("pausing {server} {cause}")),
        Event::Planned { .. }
        | Event::Started { .. }
        | Event::Statement { .. }
        | Event::Done { .. }
        | Event::Fleet { .. }
        | Event::Ended { .. }
        | Event::Warning(_) => None,
    }
}

/// The text of `event`, if it has one. `under` is the target that the last line was about.
pub(super) fn text(
    event: &Event,
    under: Option<&Arc<Target>>,
    verbose: bool,
    look: Look,
) -> Option<(Stream, String)> {
    let notes = |text| Some((Stream::Notes, text));
    match event {
        Event::Planned {
            target,
            pending,
            known,
        } => {
            let text = format!("{pending:>3} pending of {known}");
            Some((Stream::Results, heading(target, &text)))
        }
        Event::Done { target, applied } => {
            let mut text = done(target, applied);
            if !under.is_some_and(|under| Arc::ptr_eq(under, target)) {
                text.insert_str(0, &heading(target, ""));
            }
            Some((Stream::Results, text))
        }
        Event::Waiting { target, holder } => {
            let who = holder
                .as_ref()
                .map_or_else(|| "another session".to_owned(), ToString::to_string);
            let text = format!("{} is locked by {}", name(target), clean::line(&who));
            notes(headed(WAITS, "Waiting", text))
        }
        Event::Retrying {
            target,
            migration,
            cause,
            pause,
        } => {
            let text = format!(
                "{} V{} in {}: {}",
                name(target),
                migration.version,
                elapsed(*pause),
                clean::line(cause)
            );
            notes(headed(WAITS, "Retrying", text))
        }
        Event::Notice {
            target,
            severity,
            message,
        } => {
            if is_chatter(severity) && !verbose {
                return None;
            }
            let message = clean::text(message.trim_end());
            let message = message.replace('\n', &format!("\n{:INDENT$}", ""));
            notes(headed(
                WAITS,
                severity,
                format!("{}: {message}", name(target)),
            ))
        }
        Event::Warning(problem) => notes(render(problem, Severity::Warning, look)),
        Event::Started { .. }
        | Event::Statement { .. }
        | Event::Fleet { .. }
        | Event::Ended { .. } => None,
        Event::Pausing {
            server,
            cause,
            pause,
        } => {
            let text = format!("{server} for {}: {}", elapsed(*pause), clean::line(cause));
            notes(headed(WAITS, "Pausing", text))
        }
    }
}

fn heading(target: &Target, text: &str) -> String {
    let line = format!("{:<11} {text}", database(target));
    headed(GOOD, &target.series.app, line.trim_end())
}

/// `V15 orders_placed_at_idx   140 ms   concurrently`, in columns that suit all migrations of the database.
fn done(target: &Target, applied: &Applied) -> String {
    let migrations = &target.series.migrations;
    let versions = migrations
        .last()
        .map_or(0, |last| last.version.to_string().len());
    let names = migrations
        .iter()
        .map(|migration| migration.name.chars().count())
        .max()
        .unwrap_or(0)
        .min(NAME_WIDTH);
    let time = match applied.how {
        How::InTransaction | How::WithoutTransaction | How::TakenBack => elapsed(applied.elapsed),
        How::Skipped | How::Baselined | How::Repaired => String::new(),
    };
    let how = match applied.how {
        How::InTransaction => "",
        How::WithoutTransaction => without_transaction(&applied.migration),
        How::Skipped => "skipped: its only-if said no",
        How::TakenBack => "taken back",
        How::Baselined => "recorded, not run",
        How::Repaired => "record rewritten",
    };
    let line = format!(
        "{:INDENT$}V{:<versions$} {:<names$} {time:>9}   {how}",
        "", applied.migration.version, applied.migration.name
    );
    format!("{}\n", line.trim_end())
}

/// What the server says to whoever asked for it. In another language than English a message is shown.
fn is_chatter(severity: &str) -> bool {
    matches!(severity, "NOTICE" | "INFO" | "LOG") || severity.starts_with("DEBUG")
}
