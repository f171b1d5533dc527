//! Waiting with a time limit: nothing here waits for ever.

use std::thread;
use std::time::{Duration, Instant};

/// Calls `look` until it finds something, with pauses between; `None` when `limit` has passed.
///
/// `look` is called at least once, also with a limit of zero.
pub(super) fn until<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    const LONGEST_PAUSE: Duration = Duration::from_millis(50);
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if begun.elapsed() >= limit {
            return None;
        }
        thread::sleep(pause);
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}
