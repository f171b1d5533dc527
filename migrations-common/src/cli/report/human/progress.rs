//! The one line that tells, on a terminal, what takes its time or how far many targets are.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::super::names::target as name;
use super::super::streams::Stream;
use super::super::wording::{INDENT, elapsed};
use super::steps::Steps;
use crate::event::Event;
use crate::target::Target;

/// What is over before is told by its own line alone.
const PATIENCE: Duration = Duration::from_secs(1);
/// Time between two drawings.
const TICK: Duration = Duration::from_millis(200);

/// Draws the line; without a terminal, does nothing.
pub(super) struct Progress {
    live: bool,
    width: usize,
    /// Made when there is something to wait for: what is never drawn need not be cleared.
    bar: OnceLock<ProgressBar>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    running: Vec<Running>,
    steps: Steps,
}

/// What runs on a target.
struct Running {
    target: Arc<Target>,
    what: String,
    since: Instant,
}

impl Progress {
    /// A line of at most `width` columns, if somebody watches.
    pub(super) fn new(live: bool, width: usize) -> Self {
        Progress {
            live,
            width,
            bar: OnceLock::new(),
            state: Arc::default(),
        }
    }

    /// Notes what happened at `now`; returns a line to write about a step of many targets.
    pub(super) fn event(&self, event: &Event, now: Instant) -> Option<(Stream, String)> {
        let line = {
            let mut state = lock(&self.state);
            if self.live {
                follow(&mut state.running, event, now);
            }
            state.steps.event(event, now, self.live)
        };
        let is_long = matches!(
            event,
            Event::Started { .. } | Event::Waiting { .. } | Event::Fleet { .. }
        );
        if self.live && is_long {
            self.bar.get_or_init(|| self.draw());
        }
        line
    }

    /// Whether `target` runs in a step, which tells of it instead of the target's own events.
    pub(super) fn tells_of(&self, target: &Target) -> bool {
        lock(&self.state).steps.includes(target)
    }

    /// Whether it runs among so many that one line each would hide what matters.
    pub(super) fn is_among_many(&self, target: &Target) -> bool {
        lock(&self.state).steps.is_among_many(target)
    }

    /// Writes something else, with the line out of the way.
    pub(super) fn suspend(&self, write: impl FnOnce()) {
        match self.bar.get() {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        *lock(&self.state) = State::default();
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    fn draw(&self) -> ProgressBar {
        let (state, width) = (Arc::clone(&self.state), self.width);
        let key = move |_: &ProgressState, out: &mut dyn fmt::Write| {
            let now = Instant::now();
            let state = lock(&state);
            let bar = state.steps.bar(now, width);
            let _ = out.write_str(&bar.unwrap_or_else(|| line(&state.running, now, width)));
        };
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{line}") {
            bar.set_style(style.with_key("line", key));
            bar.enable_steady_tick(TICK);
        }
        bar
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn follow(running: &mut Vec<Running>, event: &Event, now: Instant) {
    let mut set = |target: &Arc<Target>, what: String, restart: bool| match running
        .iter_mut()
        .find(|one| Arc::ptr_eq(&one.target, target))
    {
        Some(one) => {
            one.what = what;
            if restart {
                one.since = now;
            }
        }
        None => running.push(Running {
            target: Arc::clone(target),
            what,
            since: now,
        }),
    };
    match event {
        Event::Started { target, migration } => set(target, migration.label(), true),
        Event::Statement {
            target,
            migration,
            done,
            of,
        } => {
            let number = (done + 1).min(*of);
            set(
                target,
                format!("{} · statement {number} of {of}", migration.label()),
                false,
            );
        }
        Event::Waiting { target, .. } => set(target, "waits for the lock".to_owned(), true),
        Event::Retrying {
            target, migration, ..
        } => set(
            target,
            format!("waits to retry {}", migration.label()),
            true,
        ),
        Event::Done { target, .. } | Event::Ended { target, .. } => {
            running.retain(|one| !Arc::ptr_eq(&one.target, target));
        }
        Event::Planned { .. }
        | Event::Notice { .. }
        | Event::Warning(_)
        | Event::Fleet { .. }
        | Event::Pausing { .. } => {}
    }
}

/// `     Running app1 core V16__backfill_email · statement 3 of 20 · 12 s`; empty while nothing takes long.
fn line(running: &[Running], now: Instant, width: usize) -> String {
    let age = |one: &Running| now.saturating_duration_since(one.since);
    let Some(oldest) = running
        .iter()
        .filter(|one| age(one) >= PATIENCE)
        .min_by_key(|one| one.since)
    else {
        return String::new();
    };
    let seconds = Duration::from_secs(age(oldest).as_secs());
    let others = match running.len() {
        0 | 1 => String::new(),
        number => format!(" · and {} more", number - 1),
    };
    let text = format!(
        "{} {} · {}{others}",
        name(&oldest.target),
        oldest.what,
        elapsed(seconds).replace(".0", ""),
    );
    let room = width.saturating_sub(INDENT + 1);
    let text: String = text.chars().take(room).collect();
    // Without colour: nothing on the way to the terminal would take it out for `NO_COLOR`.
    format!("{:>heading$} {text}", "Running", heading = INDENT - 1)
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::{applied, target};
    use super::*;
    use crate::event::How;

    #[test]
    fn the_line_shows_what_takes_longest() {
        let (core, analytics) = (target("app1", "core"), target("app1", "analytics"));
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut running = Vec::new();
        let shown = |running: &[Running], millis, width| line(running, at(millis), width);
        let started = |target: &Arc<Target>, index: usize| Event::Started {
            target: Arc::clone(target),
            migration: Arc::clone(&target.series.migrations[index]),
        };
        follow(&mut running, &started(&core, 0), at(0));
        assert_eq!(shown(&running, 999, 80), "");
        let label = "     Running app1 core V1__create_users · 1 s";
        assert_eq!(shown(&running, 1_000, 80), label);
        let statement = Event::Statement {
            target: Arc::clone(&core),
            migration: Arc::clone(&core.series.migrations[0]),
            done: 2,
            of: 20,
        };
        follow(&mut running, &statement, at(1_500));
        follow(&mut running, &started(&analytics, 1), at(2_000));
        let both =
            "     Running app1 core V1__create_users · statement 3 of 20 · 1 min 05 s · and 1 more";
        assert_eq!(shown(&running, 65_900, 100), both);
        assert_eq!(shown(&running, 65_900, 40).chars().count(), 39);
        let done = Event::Done {
            target: Arc::clone(&core),
            applied: applied(&core, 1, How::InTransaction, 1),
        };
        follow(&mut running, &done, at(66_000));
        let other = "     Running app1 analytics V2__größe · 1 min 04 s";
        assert_eq!(shown(&running, 66_000, 80), other);
    }

    #[test]
    fn nobody_watches_nothing_is_drawn() {
        let core = target("app1", "core");
        let progress = Progress::new(false, 80);
        let event = Event::Started {
            migration: Arc::clone(&core.series.migrations[0]),
            target: core,
        };
        assert!(progress.event(&event, Instant::now()).is_none());
        assert!(progress.bar.get().is_none());
    }
}
