//! What was measured.

use std::time::Duration;

/// All samples.
#[derive(Default)]
pub(crate) struct Figures {
    /// In the order that the cases were first met.
    pub(crate) cases: Vec<Case>,
}

/// A phase over a number of targets.
pub(crate) struct Case {
    /// The phase.
    pub(crate) phase: String,
    /// How many targets.
    pub(crate) targets: usize,
    samples: Vec<(String, Duration)>,
}

/// What a candidate needed for a case, in seconds.
#[derive(Clone, Copy)]
pub(crate) struct Summary {
    /// The median over the rounds.
    pub(crate) median: f64,
    /// The quickest round.
    pub(crate) least: f64,
    /// The slowest round.
    pub(crate) most: f64,
}

impl Figures {
    /// Adds what one run took.
    pub(crate) fn add(&mut self, phase: &str, targets: usize, candidate: &str, elapsed: Duration) {
        let sample = (candidate.to_owned(), elapsed);
        let known = self
            .cases
            .iter_mut()
            .find(|case| case.phase == phase && case.targets == targets);
        match known {
            Some(case) => case.samples.push(sample),
            None => self.cases.push(Case {
                phase: phase.to_owned(),
                targets,
                samples: vec![sample],
            }),
        }
    }
}

impl Case {
    /// The case in words.
    pub(crate) fn label(&self) -> String {
        let plural = if self.targets == 1 { "" } else { "s" };
        format!("{}, {} target{plural}", self.phase, self.targets)
    }

    /// What `candidate` needed; `None` if it never ran.
    pub(crate) fn summary(&self, candidate: &str) -> Option<Summary> {
        let mut seconds: Vec<f64> = self
            .samples
            .iter()
            .filter(|(name, _)| name == candidate)
            .map(|(_, elapsed)| elapsed.as_secs_f64())
            .collect();
        seconds.sort_by(f64::total_cmp);
        let half = seconds.len() / 2;
        let (below, above) = (
            seconds.get(half.saturating_sub(1 - seconds.len() % 2))?,
            seconds.get(half)?,
        );
        Some(Summary {
            median: f64::midpoint(*below, *above),
            least: *seconds.first()?,
            most: *seconds.last()?,
        })
    }
}
