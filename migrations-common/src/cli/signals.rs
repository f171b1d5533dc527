//! Ctrl-C and `kill` end a run in good order: the running migration is cancelled, and the report still printed.

use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::interrupt::Interrupt;
use crate::problem::Problem;
use crate::report::Signal;

/// A cancel request that arrives between two statements does nothing: it is sent again until the process ends.
const AGAIN: Duration = Duration::from_millis(200);

/// Lets the first SIGINT or SIGTERM ask `interrupt` to stop; the second ends the process at once.
///
/// # Errors
/// If the process cannot handle signals.
pub(super) fn watch(interrupt: &Interrupt) -> Result<(), Problem> {
    let mut signals = Signals::new([SIGINT, SIGTERM])
        .map_err(|error| Problem::failed("signals", format!("cannot handle signals: {error}")))?;
    let interrupt = interrupt.clone();
    thread::spawn(move || {
        for signal in signals.forever() {
            if interrupt.requested().is_some() {
                // What is on the server is in a transaction, or resumable: nothing is lost.
                let _ = emulate_default_handler(signal);
            }
            interrupt.request(if signal == SIGTERM {
                Signal::Terminate
            } else {
                Signal::Interrupt
            });
            let cancel = interrupt.clone();
            thread::spawn(move || {
                loop {
                    cancel.cancel_running();
                    thread::sleep(AGAIN);
                }
            });
        }
    });
    Ok(())
}
