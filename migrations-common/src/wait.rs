//! Waiting for somebody else: with a limit, and longer each time.

use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::{Duration, Instant};

/// Pauses that grow from a tenth of a second to two seconds, until a time limit, and never in step with others'.
#[derive(Debug)]
pub struct Backoff {
    until: Instant,
    next: Duration,
}

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);

impl Backoff {
    /// Starts to count towards `limit`.
    pub fn new(limit: Duration) -> Self {
        let now = Instant::now();
        // A limit past the end of time is none that anybody meets.
        let until = now
            .checked_add(limit)
            .unwrap_or(now + Duration::from_hours(24 * 365));
        Backoff { until, next: FIRST }
    }

    /// The next pause, or `None` once the limit is reached.
    pub fn pause(&mut self) -> Option<Duration> {
        let left = self
            .until
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())?;
        let pause = self.next.mul_f64(0.5 + jitter());
        self.next = (self.next * 2).min(LONGEST);
        Some(pause.min(left))
    }
}

/// Calls `look` until it finds something, with pauses between; `None` when `limit` has passed.
///
/// `look` is called at least once, also with a limit of zero.
pub(crate) fn until<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
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

/// Between 0 and 1, from the seed that the standard library draws for its maps: good enough to part two runners.
fn jitter() -> f64 {
    let bits = RandomState::new().hash_one(());
    f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let mut backoff = Backoff::new(Duration::from_hours(1));
        let pauses: Vec<Duration> = (0..10).filter_map(|_| backoff.pause()).collect();
        assert!(pauses[0] < Duration::from_millis(100), "{pauses:?}");
        assert!(
            pauses[9] >= Duration::from_secs(1) && pauses[9] <= Duration::from_secs(3),
            "{pauses:?}"
        );
        assert_eq!(Backoff::new(Duration::ZERO).pause(), None);
        assert!(Backoff::new(Duration::MAX).pause().is_some());
    }
}
