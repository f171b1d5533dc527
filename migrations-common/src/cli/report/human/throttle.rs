//! What happens to a thousand targets at once, told a few times.

use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};
use std::time::{Duration, Instant};

use crate::problem::Problem;

/// Time between two lines about the same.
const PAUSE: Duration = Duration::from_secs(10);
/// Things that are told apart; all others count as one.
const KINDS: usize = 64;
/// Warnings of one code that are shown.
const WARNINGS: usize = 20;

/// Lets a line about one thing pass every ten seconds.
#[derive(Default)]
pub(super) struct Throttle(HashMap<String, Told>);

struct Told {
    at: Instant,
    held_back: usize,
}

impl Throttle {
    /// How many lines about `what` were held back since the last one; `None` if this one is too.
    pub(super) fn admit(&mut self, what: String, now: Instant) -> Option<usize> {
        let is_new = !self.0.contains_key(&what);
        let what = if is_new && self.0.len() >= KINDS {
            String::new()
        } else {
            what
        };
        match self.0.entry(what) {
            Entry::Vacant(entry) => {
                entry.insert(Told {
                    at: now,
                    held_back: 0,
                });
                Some(0)
            }
            Entry::Occupied(mut entry) => {
                let told = entry.get_mut();
                if now.saturating_duration_since(told.at) < PAUSE {
                    told.held_back += 1;
                    return None;
                }
                told.at = now;
                Some(std::mem::take(&mut told.held_back))
            }
        }
    }
}

/// Warnings that were shown: what is true of all targets is said once.
#[derive(Default)]
pub(super) struct Warned {
    shown: HashSet<String>,
    /// Of each code, how many were shown and how many were not.
    numbers: HashMap<&'static str, (usize, usize)>,
}

impl Warned {
    /// Whether to show `text`, which `problem` became.
    pub(super) fn admit(&mut self, problem: &Problem, text: &str) -> bool {
        if self.shown.contains(text) {
            return false;
        }
        let (shown, held_back) = self.numbers.entry(problem.code).or_default();
        if *shown >= WARNINGS {
            *held_back += 1;
            return false;
        }
        *shown += 1;
        self.shown.insert(text.to_owned())
    }

    /// What was not shown: the code of each warning, and how many of them there were.
    pub(super) fn rest(&mut self) -> Vec<(&'static str, usize)> {
        let each = self.numbers.iter_mut();
        let mut rest: Vec<_> = each
            .map(|(code, (_, held_back))| (*code, std::mem::take(held_back)))
            .filter(|(_, number)| *number > 0)
            .collect();
        rest.sort_unstable();
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_passes_in_ten_seconds() {
        let start = Instant::now();
        let mut throttle = Throttle::default();
        let mut at = |seconds, what: &str| {
            throttle.admit(what.to_owned(), start + Duration::from_secs(seconds))
        };
        assert_eq!(at(0, "a"), Some(0));
        assert_eq!(at(0, "b"), Some(0));
        assert_eq!(at(9, "a"), None);
        assert_eq!(at(9, "a"), None);
        assert_eq!(at(10, "a"), Some(2));
        assert_eq!(at(19, "a"), None);
        assert_eq!(at(30, "b"), Some(0));
    }

    #[test]
    fn what_differs_each_time_is_held_back_too() {
        let now = Instant::now();
        let mut throttle = Throttle::default();
        let admitted = (0..10_000)
            .filter(|n| throttle.admit(n.to_string(), now).is_some())
            .count();
        assert_eq!(admitted, KINDS + 1);
        assert_eq!(throttle.0.len(), KINDS + 1);
    }

    #[test]
    fn a_warning_is_shown_once_and_one_code_a_few_times() {
        let warning = Problem::verification("line-ends", "other line ends");
        let other = Problem::verification("many-schemas", "many schemas");
        let mut warned = Warned::default();
        let mut admit = |problem: &Problem, text: &str| {
            warned.admit(problem, &format!("warning[{}]: {text}", problem.code))
        };
        assert!(admit(&warning, "a"));
        assert!(!admit(&warning, "a"));
        let more = (0..100).filter(|n| admit(&warning, &n.to_string())).count();
        assert_eq!(more, WARNINGS - 1);
        assert!(admit(&other, "a"));
        assert_eq!(warned.rest(), [("line-ends", 100 - more)]);
        assert_eq!(warned.rest(), []);
    }
}
