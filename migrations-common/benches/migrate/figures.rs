//! What was measured.

use crate::phase::Phase;
use crate::suite::Setting;

/// All samples.
#[derive(Default)]
pub(crate) struct Figures {
    /// In the order that the cases were first met.
    pub(crate) cases: Vec<Case>,
}

/// A phase in a setting.
pub(crate) struct Case {
    /// The setting.
    pub(crate) setting: Setting,
    /// The phase.
    pub(crate) phase: Phase,
    samples: Vec<(&'static str, Sample)>,
}

/// What one run took; `None` where that was not measured.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// On the clock.
    pub(crate) seconds: f64,
    /// Processor time of the server's processes, in seconds.
    pub(crate) server_cpu: Option<f64>,
    /// The most memory that the candidate's process had, in bytes.
    pub(crate) peak: Option<f64>,
    /// Statements that the server completed, a target.
    pub(crate) statements: Option<f64>,
    /// Waits for an answer, a target.
    pub(crate) round_trips: Option<f64>,
}

/// One of the things that are measured.
pub(crate) type Measure = fn(&Sample) -> Option<f64>;

/// What a candidate needed for a case.
#[derive(Clone, Copy)]
pub(crate) struct Summary {
    /// The median over the rounds.
    pub(crate) median: f64,
    /// The least of a round.
    pub(crate) least: f64,
    /// The most of a round.
    pub(crate) most: f64,
}

impl Figures {
    /// Adds what one run took.
    pub(crate) fn add(
        &mut self,
        setting: &Setting,
        phase: Phase,
        candidate: &'static str,
        sample: Sample,
    ) {
        let known = self
            .cases
            .iter_mut()
            .find(|case| case.phase == phase && case.setting == *setting);
        match known {
            Some(case) => case.samples.push((candidate, sample)),
            None => self.cases.push(Case {
                setting: *setting,
                phase,
                samples: vec![(candidate, sample)],
            }),
        }
    }
}

impl Case {
    /// The case in words.
    pub(crate) fn label(&self) -> String {
        format!("{}, {}", self.phase.name(), self.setting.label())
    }

    /// What `candidate` needed; `None` if that was never measured.
    pub(crate) fn summary(&self, candidate: &str, measure: Measure) -> Option<Summary> {
        let mut values: Vec<f64> = self
            .samples
            .iter()
            .filter(|(name, _)| *name == candidate)
            .filter_map(|(_, sample)| measure(sample))
            .collect();
        values.sort_by(f64::total_cmp);
        let half = values.len() / 2;
        let (below, above) = (
            values.get(half.saturating_sub(1 - values.len() % 2))?,
            values.get(half)?,
        );
        Some(Summary {
            median: f64::midpoint(*below, *above),
            least: *values.first()?,
            most: *values.last()?,
        })
    }

    /// How much `candidate` needed for one that `other` needed, by the medians; `None` where one of them is below
    /// `least`, too small to tell.
    pub(crate) fn ratio(
        &self,
        candidate: &str,
        other: &str,
        measure: Measure,
        least: f64,
    ) -> Option<f64> {
        let median = |name| Some(self.summary(name, measure)?.median);
        let (one, other) = (median(candidate)?, median(other)?);
        (one >= least && other >= least).then(|| one / other)
    }
}
