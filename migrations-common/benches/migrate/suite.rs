//! What can be measured: how many targets, through which phases, and how far away.

use std::time::Duration;

use crate::candidate;
use crate::phase::Phase;

/// Settings that make one table.
pub(crate) struct Suite {
    /// Who takes part, in the order of the table.
    pub(crate) candidates: Vec<&'static str>,
    /// Where, one after the other.
    pub(crate) settings: Vec<Setting>,
    /// Targets that are migrated at once, by a candidate that can.
    pub(crate) workers: usize,
}

/// A number of targets, and what is done to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// How many targets.
    pub(crate) targets: usize,
    /// What they hold before the first phase.
    pub(crate) start: Start,
    /// How long the network takes, each way; zero for none in between.
    pub(crate) delay: Duration,
    /// What is measured, in this order.
    pub(crate) phases: &'static [Phase],
}

/// What targets hold before anything is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Empty schemas.
    Empty,
    /// History tables that are at the head, and only the first target has what they speak of.
    AtHead,
}

impl Suite {
    /// One worker on one target, and on as many as `targets`.
    pub(crate) fn migrate(targets: usize) -> Self {
        let phases = &[Phase::Fresh, Phase::NoOp, Phase::OneNew];
        Suite {
            candidates: vec![
                candidate::FLOOR,
                candidate::REFINERY,
                candidate::BY_TARGET,
                candidate::BY_MIGRATION,
            ],
            settings: vec![Setting::new(1, phases), Setting::new(targets, phases)],
            workers: 1,
        }
    }

    /// `workers` on fleets of the sizes `targets` through all phases, of the sizes `at_head` through the no-op alone,
    /// and on the first of `targets` with a network in between.
    pub(crate) fn fleet(
        targets: &[usize],
        at_head: &[usize],
        workers: usize,
        delay: Duration,
    ) -> Self {
        let mut settings: Vec<Setting> = targets
            .iter()
            .map(|targets| Setting::new(*targets, Phase::ALL))
            .collect();
        let away = settings.first().map(|first| Setting { delay, ..*first });
        settings.extend(at_head.iter().map(|targets| Setting {
            start: Start::AtHead,
            ..Setting::new(*targets, &[Phase::NoOp])
        }));
        settings.extend(away.filter(|_| !delay.is_zero()));
        Suite {
            candidates: vec![
                candidate::FLOOR,
                candidate::REFINERY,
                candidate::ALEMBIC,
                candidate::BY_TARGET,
            ],
            settings,
            workers,
        }
    }

    /// A little of everything that needs nothing from elsewhere, to see that it works.
    pub(crate) fn trial() -> Self {
        let mut suite = Suite::fleet(&[2], &[3], 2, Duration::from_millis(1));
        suite.candidates = Suite::migrate(2).candidates;
        suite
    }

    /// How long the network takes in the settings that have one.
    pub(crate) fn delay(&self) -> Option<Duration> {
        let mut delays = self.settings.iter().map(|setting| setting.delay);
        delays.find(|delay| !delay.is_zero())
    }
}

impl Setting {
    fn new(targets: usize, phases: &'static [Phase]) -> Self {
        Setting {
            targets,
            start: Start::Empty,
            delay: Duration::ZERO,
            phases,
        }
    }

    /// The setting in words.
    pub(crate) fn label(&self) -> String {
        let plural = if self.targets == 1 { "" } else { "s" };
        let away = match self.delay {
            Duration::ZERO => String::new(),
            delay => format!(", {} ms away", delay.as_millis()),
        };
        format!("{} target{plural}{away}", self.targets)
    }
}
