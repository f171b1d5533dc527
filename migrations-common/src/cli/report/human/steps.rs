//! How far a run over many targets is: what a terminal draws, and what a log gets instead.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::names;
use super::super::streams::Stream;
use super::super::wording::{GOOD, INDENT, count, elapsed, headed};
use crate::app::Series;
use crate::event::Event;
use crate::migration::Version;
use crate::report::Outcome;
use crate::target::Target;

/// Targets of a step that get a line each when they end.
const FEW: usize = 20;
/// Time between two lines about a step of more, at least.
const PAUSE: Duration = Duration::from_secs(10);
/// Lines about a step of more, at most.
const TENTHS: usize = 10;
/// Columns of the bar.
const BAR: usize = 24;
/// Below this, a bar shows nothing.
const LEAST_BAR: usize = 5;
/// Columns of a target's name, unless it is longer.
const NAME: usize = 20;

/// All steps that began, the newest last.
#[derive(Default)]
pub(super) struct Steps(Vec<Step>);

/// Targets of one series that run, several at a time.
struct Step {
    series: Arc<Series>,
    targets: usize,
    jobs: usize,
    canary: bool,
    ended: usize,
    failed: usize,
    began: Instant,
    /// When the last line was written, and at which tenth.
    told: (Instant, usize),
    /// What was done so far on targets that have not ended, where each gets a line.
    at_work: Vec<Work>,
}

struct Work {
    target: Arc<Target>,
    first: Version,
    last: Version,
}

impl Steps {
    /// Notes what happened; a line to write, if it is worth one. Where somebody watches the bar, a step of many targets
    /// gets no more lines.
    pub(super) fn event(
        &mut self,
        event: &Event,
        now: Instant,
        watched: bool,
    ) -> Option<(Stream, String)> {
        match event {
            Event::Fleet {
                series,
                targets,
                jobs,
                canary,
            } => {
                self.0.retain(|step| step.series.name() != series.name());
                let step = Step {
                    series: Arc::clone(series),
                    targets: *targets,
                    jobs: *jobs,
                    canary: *canary,
                    ended: 0,
                    failed: 0,
                    began: now,
                    told: (now, 0),
                    at_work: Vec::new(),
                };
                let heading = step.heading();
                self.0.push(step);
                Some((Stream::Results, heading))
            }
            Event::Done { target, applied } => {
                let step = self.of(target)?;
                if step.is_small() {
                    step.done(target, applied.migration.version);
                }
                None
            }
            Event::Ended {
                target,
                outcome,
                elapsed,
                ..
            } => self
                .of(target)?
                .end(target, *outcome, *elapsed, now, watched),
            _ => None,
        }
    }

    /// Whether `target` runs in a step, which tells of it instead of the target's own events.
    pub(super) fn includes(&self, target: &Target) -> bool {
        self.find(target).is_some()
    }

    /// Whether it runs among so many that one line each would hide what matters.
    pub(super) fn is_among_many(&self, target: &Target) -> bool {
        self.find(target).is_some_and(|step| !step.is_small())
    }

    /// `  workspaces  ███▌      812/1000  8 connections  96/s  1 failed  eta 2 s`, of the step that runs.
    pub(super) fn bar(&self, now: Instant, width: usize) -> Option<String> {
        let step = self.0.iter().rev().find(|step| step.ended < step.targets)?;
        Some(step.bar(now, width))
    }

    fn find(&self, target: &Target) -> Option<&Step> {
        self.0.iter().find(|step| step.is_of(target))
    }

    fn of(&mut self, target: &Target) -> Option<&mut Step> {
        self.0.iter_mut().find(|step| step.is_of(target))
    }
}

impl Step {
    fn is_of(&self, target: &Target) -> bool {
        let series = &target.series;
        Arc::ptr_eq(&self.series, series) || self.series.name() == series.name()
    }

    fn is_small(&self) -> bool {
        self.targets <= FEW
    }

    /// `        app3 workspaces  1000 tenants, 8 at a time`.
    fn heading(&self) -> String {
        let noun = names::noun(&self.series);
        let who = if self.canary {
            format!("{} first, as canaries", count(self.targets, noun))
        } else {
            count(self.targets, noun)
        };
        let how = match self.jobs.min(self.targets) {
            0 | 1 => String::new(),
            jobs => format!(", {jobs} at a time"),
        };
        let database = names::database_of(&self.series);
        headed(GOOD, &self.series.app, format!("{database:<11} {who}{how}"))
    }

    fn done(&mut self, target: &Arc<Target>, version: Version) {
        let is_its = |work: &&mut Work| Arc::ptr_eq(&work.target, target);
        match self.at_work.iter_mut().find(is_its) {
            Some(work) => work.last = version,
            None => self.at_work.push(Work {
                target: Arc::clone(target),
                first: version,
                last: version,
            }),
        }
    }

    fn end(
        &mut self,
        target: &Arc<Target>,
        outcome: Outcome,
        time: Duration,
        now: Instant,
        watched: bool,
    ) -> Option<(Stream, String)> {
        self.ended += 1;
        if matches!(outcome, Outcome::Failed | Outcome::Busy) {
            self.failed += 1;
        }
        if self.is_small() {
            let work = self
                .at_work
                .iter()
                .position(|work| Arc::ptr_eq(&work.target, target))
                .map(|at| self.at_work.swap_remove(at));
            return Some((Stream::Results, line(target, outcome, work.as_ref(), time)));
        }
        let tenth = self.ended * TENTHS / self.targets.max(1);
        let (at, told) = self.told;
        let is_due = tenth > told && now.saturating_duration_since(at) >= PAUSE;
        if watched || !is_due || self.ended >= self.targets {
            return None;
        }
        self.told = (now, tenth);
        let parts = [
            format!(
                "{} of {}",
                self.ended,
                count(self.targets, names::noun(&self.series))
            ),
            self.pace(now),
        ];
        let text = format!("{:INDENT$}{}\n", "", parts.join("  ").trim_end());
        Some((Stream::Notes, text))
    }

    /// `96/s  1 failed  eta 2 s`.
    fn pace(&self, now: Instant) -> String {
        let time = now.saturating_duration_since(self.began).as_secs_f64();
        let mut parts = Vec::new();
        if let Some(each) = each(self.ended, time) {
            parts.push(each);
        }
        if self.failed > 0 {
            parts.push(format!("{} failed", self.failed));
        }
        if let Some(rest) = rest(self.ended, self.targets, time) {
            parts.push(format!("eta {rest}"));
        }
        parts.join("  ")
    }

    fn bar(&self, now: Instant, width: usize) -> String {
        let before = format!("  {}", names::database_of(&self.series));
        let connections = count(self.jobs, "connection");
        let canary = if self.canary { "  canary" } else { "" };
        let after = format!(
            "{}/{}{canary}  {connections}  {}",
            self.ended,
            self.targets,
            self.pace(now)
        );
        let taken = before.chars().count() + after.chars().count() + "    ".len();
        let room = width.saturating_sub(taken + 1).min(BAR);
        let text = if room < LEAST_BAR {
            format!("{before}  {after}")
        } else {
            format!(
                "{before}  {}  {after}",
                blocks(self.ended, self.targets, room)
            )
        };
        let text: String = text.chars().take(width.saturating_sub(1)).collect();
        text.trim_end().to_owned()
    }
}

/// `             acme                 V1 to V8   40 ms`.
fn line(target: &Target, outcome: Outcome, work: Option<&Work>, time: Duration) -> String {
    let name = names::member(target);
    let done = work.map(|work| {
        if work.first == work.last {
            format!("V{}", work.last)
        } else {
            format!("V{} to V{}", work.first, work.last)
        }
    });
    let what = match (outcome, done) {
        (Outcome::Applied | Outcome::AtHead, Some(done)) => done,
        (Outcome::Applied, None) => "applied".to_owned(),
        (Outcome::AtHead, None) => "already at head".to_owned(),
        (Outcome::Ahead, _) => "ahead".to_owned(),
        (Outcome::Failed, None) => "failed".to_owned(),
        (Outcome::Failed, Some(done)) => format!("{done}, then failed"),
        (Outcome::Busy, _) => "busy".to_owned(),
        (Outcome::NotReached, _) => "not reached".to_owned(),
    };
    format!(
        "{:INDENT$}{name:<NAME$}   {what:<10} {:>9}\n",
        "",
        elapsed(time)
    )
}

/// `████▌   `: `done` of `all` on `width` columns.
fn blocks(done: usize, all: usize, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = width * 8 * done.min(all) / all.max(1);
    let part = EIGHTHS.get(eighths % 8).copied().unwrap_or_default();
    let bar = format!("{}{part}", "█".repeat(eighths / 8));
    format!("{bar:<width$}")
}

/// `96/s`, `4.2/s`, `12/min`.
fn each(done: usize, seconds: f64) -> Option<String> {
    let pace = rate(done, seconds)?;
    Some(match pace {
        10.0.. => format!("{pace:.0}/s"),
        1.0.. => format!("{pace:.1}/s"),
        _ => format!("{:.0}/min", pace * 60.0),
    })
}

/// `2 s`: what the rest takes if all goes on like that.
fn rest(done: usize, all: usize, seconds: f64) -> Option<String> {
    let pace = rate(done, seconds)?;
    let left = u32::try_from(all.saturating_sub(done)).ok()?;
    let time = Duration::try_from_secs_f64((f64::from(left) / pace).ceil()).ok()?;
    Some(elapsed(time).replace(".0", ""))
}

fn rate(done: usize, seconds: f64) -> Option<f64> {
    let done = f64::from(u32::try_from(done).ok()?);
    (done > 0.0 && seconds > 0.0).then(|| done / seconds)
}

#[cfg(test)]
mod tests;
