//! A request to stop: what runs is cancelled and rolled back, what waits is woken, and the report is still made.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::connect::Canceller;
use crate::report::Signal;

/// Shared by everything that a run starts.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    requested: Option<Signal>,
    running: BTreeMap<u64, Canceller>,
    next: u64,
}

/// While this lives, the connection's statements are cancelled on request.
pub struct Registration {
    interrupt: Interrupt,
    key: u64,
}

impl Interrupt {
    /// Asks the run to stop. The first signal is the one that is reported.
    pub fn request(&self, signal: Signal) {
        self.state().requested.get_or_insert(signal);
        self.0.changed.notify_all();
    }

    /// The signal that asked the run to stop.
    pub fn requested(&self) -> Option<Signal> {
        self.state().requested
    }

    /// Cancels what runs on every registered connection. A request that finds no statement running has no effect, so
    /// call it again until the run has ended.
    pub fn cancel_running(&self) {
        let running: Vec<Canceller> = self.state().running.values().cloned().collect();
        for canceller in running {
            // Nothing is lost when the server cannot be reached: its statement fails by itself then.
            let _ = canceller.cancel();
        }
    }

    /// Adds a connection to those that [`Interrupt::cancel_running`] cancels.
    pub fn register(&self, canceller: Canceller) -> Registration {
        let mut state = self.state();
        let key = state.next;
        state.next += 1;
        state.running.insert(key, canceller);
        drop(state);
        Registration {
            interrupt: self.clone(),
            key,
        }
    }

    /// Sleeps, but not past a request to stop.
    pub fn sleep(&self, duration: Duration) {
        let until = Instant::now() + duration;
        let mut state = self.state();
        while state.requested.is_none() {
            let Some(left) = until
                .checked_duration_since(Instant::now())
                .filter(|left| !left.is_zero())
            else {
                return;
            };
            state = self
                .0
                .changed
                .wait_timeout(state, left)
                .map_or_else(|e| e.into_inner().0, |(state, _)| state);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.interrupt.state().running.remove(&self.key);
    }
}

impl std::fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Interrupt({:?})", self.requested())
    }
}
