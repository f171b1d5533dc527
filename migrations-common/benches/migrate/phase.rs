//! What a candidate is asked to do.

use crate::workload::{Files, Workload};

/// One run of a candidate over all targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// From nothing to the head.
    Fresh,
    /// At the head.
    NoOp,
    /// One more migration, on every target.
    OneNew,
    /// The same on every twentieth target; the others have it.
    FewBehind,
}

impl Phase {
    /// All, each where the one before it leaves the targets.
    pub(crate) const ALL: &[Phase] = &[Phase::Fresh, Phase::NoOp, Phase::OneNew, Phase::FewBehind];

    /// What the table calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Phase::Fresh => "fresh",
            Phase::NoOp => "no-op",
            Phase::OneNew => "one new",
            Phase::FewBehind => "5 % behind",
        }
    }

    /// The files that a candidate has then.
    pub(crate) fn files(self, workload: &Workload) -> &Files {
        match self {
            Phase::Fresh | Phase::NoOp => &workload.head,
            Phase::OneNew | Phase::FewBehind => &workload.next,
        }
    }
}
