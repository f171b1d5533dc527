//! One object that two series touch: what is not settled about it, and the finding that tells.

use migrations_common::cli::report::Finding;
use migrations_common::problem::Problem;
use migrations_common::proof::Proof;
use migrations_effects::verdict::{Clash, Ruling, Side, Verdict};
use migrations_effects::{Certainty, Effect};

use super::conflict::Thing;
use super::landscape::{Landscape, NewScripts};
use super::models::Model;
use super::ownership::{Standing, standing};
use super::proof::Proved;
use super::settled::is_settled;
use super::ways_out::ways_out;
use super::words::{deed, place_of_effect};
use crate::new_migrations::NewMigrations;

/// Reasons that one finding tells; the rest is counted.
const REASONS: usize = 3;

/// Two series that meet on one object.
pub(super) struct Meeting<'s, 'n> {
    pub(super) a: &'s NewScripts<'n>,
    pub(super) b: &'s NewScripts<'n>,
    /// What both touch.
    pub(super) thing: Thing,
    /// Whether each side changes it, rather than refers to it.
    change: (bool, bool),
    /// What is not settled; never empty.
    pub(super) open: Vec<Pair>,
    /// Whether both orders were shown to leave the same.
    pub(super) commutes: bool,
    proof: Vec<String>,
}

/// Two effects that have to be settled with each other: that clash, or that change one object unawares.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    /// Which effect of the first series.
    pub(super) a: usize,
    /// Which effect of the second.
    pub(super) b: usize,
    pub(super) verdict: Verdict,
    /// Who should come first, if one order works better than the other.
    pub(super) first: Option<Side>,
    /// What the table says of the two; none if they commute.
    ruling: Option<Ruling>,
}

impl Pair {
    pub(super) fn clashing(clash: Clash) -> Self {
        Pair {
            a: clash.a,
            b: clash.b,
            verdict: clash.ruling.verdict,
            first: clash.ruling.first,
            ruling: Some(clash.ruling),
        }
    }

    /// Two changes that commute, as far as the text tells.
    pub(super) fn beside(a: usize, b: usize) -> Self {
        Pair {
            a,
            b,
            verdict: Verdict::Commutes,
            first: None,
            ruling: None,
        }
    }
}

impl<'s, 'n> Meeting<'s, 'n> {
    /// Where `a` and `b` meet on `thing` with all of `pairs`; none if everything is settled.
    pub(super) fn of(
        (a, b): (&'s NewScripts<'n>, &'s NewScripts<'n>),
        thing: Thing,
        change: (bool, bool),
        pairs: Vec<Pair>,
        landscape: &Landscape,
        models: &[Model],
    ) -> Option<Self> {
        let meeting = Meeting {
            a,
            b,
            thing,
            change,
            open: pairs,
            commutes: false,
            proof: Vec::new(),
        };
        meeting.unless_settled(landscape, models)
    }

    /// With what running both orders showed; none if there is nothing to settle any more.
    pub(super) fn proved(
        mut self,
        outcome: &Result<Proof, Problem>,
        new: &NewMigrations,
        landscape: &Landscape,
        models: &[Model],
    ) -> Option<Self> {
        let (a, b) = (self.name_of(self.a, new), self.name_of(self.b, new));
        let proved = Proved::of(&self, outcome, &a, &b);
        // Both orders were run as a whole: what commutes by its text is not what made one fail.
        let all_commute = self.verdict() == Verdict::Commutes;
        for pair in &mut self.open {
            if all_commute || pair.verdict != Verdict::Commutes {
                (pair.verdict, pair.first) = proved.shown.of(pair.verdict, pair.first);
            }
        }
        self.commutes = proved.shown == super::proof::Shown::Commutes;
        self.proof = proved.notes;
        self.unless_settled(landscape, models)
    }

    fn unless_settled(mut self, landscape: &Landscape, models: &[Model]) -> Option<Self> {
        let standing = self.standing(landscape, models);
        let (a, b) = (self.a, self.b);
        self.open.retain(|pair| !is_settled(a, b, pair, &standing));
        (!self.open.is_empty()).then_some(self)
    }

    /// The worst of what is open.
    pub(super) fn verdict(&self) -> Verdict {
        let worst = self.open.iter().map(|pair| pair.verdict).max();
        worst.unwrap_or(Verdict::Commutes)
    }

    pub(super) fn is_of_one_app(&self) -> bool {
        self.a.series.series.app == self.b.series.series.app
    }

    /// Whether a clash is about what a function's body looks up only when it runs.
    pub(super) fn is_late(&self) -> bool {
        let late = |effects: &[Effect], index: usize| {
            effects
                .get(index)
                .is_some_and(|effect| effect.certainty == Certainty::Late)
        };
        (self.open.iter().filter(|pair| pair.ruling.is_some()))
            .any(|pair| late(&self.a.effects, pair.a) || late(&self.b.effects, pair.b))
    }

    fn standing<'m>(&self, landscape: &Landscape, models: &'m [Model]) -> Standing<'m> {
        let effect = (self.open.first()).and_then(|pair| self.a.effects.get(pair.a));
        match effect.and_then(|effect| effect.object.name()) {
            Some(name) => standing(name, &self.a.place, landscape.place(&self.a.place), models),
            None => Standing::Unknown,
        }
    }

    /// The finding that tells of it.
    pub(super) fn finding(
        &self,
        new: &NewMigrations,
        landscape: &Landscape,
        models: &[Model],
    ) -> Finding {
        let (a, b) = (self.name_of(self.a, new), self.name_of(self.b, new));
        let verdict = self.verdict();
        let what = match self.change {
            (true, false) => format!("{a} changes {}, which {b} uses", self.thing),
            (false, true) => format!("{b} changes {}, which {a} uses", self.thing),
            _ => format!("{a} and {b} both change {}", self.thing),
        };
        let tail = match verdict {
            Verdict::Commutes => ", without knowing of each other",
            Verdict::Order => ", and their order matters",
            Verdict::Unknown => ", and nobody can tell whether their order matters",
            Verdict::Contradictory => ", and the two contradict each other",
        };
        let mut problem = Problem::verification("shared-table-conflict", format!("{what}{tail}"));
        if let Some(shown) = self.open.iter().find(|pair| pair.verdict == verdict) {
            problem = problem
                .at(place_of_effect(self.a, shown.a))
                .at(place_of_effect(self.b, shown.b));
        }
        for note in self.reasons(&a, &b) {
            problem = problem.note(note);
        }
        let standing = self.standing(landscape, models);
        if let Standing::Shared(model) = &standing {
            problem = problem.note(model.ownership(&self.thing));
        }
        for note in &self.proof {
            problem = problem.note(note.clone());
        }
        for help in ways_out(self, &standing, new) {
            problem = problem.help(help);
        }
        let mut finding = Finding::error(problem)
            .of(&self.a.series.series.app, &self.a.place)
            .about(self.thing.label())
            .with(&self.b.series.series.app);
        finding.verdict = Some(verdict.name());
        finding
    }

    /// `app1`, or `app1 on origin/pr/7` where it is not of the working tree.
    fn name_of(&self, scripts: &NewScripts<'_>, new: &NewMigrations) -> String {
        let app = &scripts.series.series.app;
        match scripts.series.origin.branch(new) {
            Some(branch) => format!("{app} on {branch}"),
            None if self.is_of_one_app() => format!("{app} here"),
            None => app.clone(),
        }
    }

    /// Why, by the worst of what is open; each reason once.
    fn reasons(&self, a: &str, b: &str) -> Vec<String> {
        let verdict = self.verdict();
        let mut reasons: Vec<String> = Vec::new();
        for pair in self.open.iter().filter(|pair| pair.verdict == verdict) {
            let reason = match &pair.ruling {
                Some(ruling) => ruling.words(a, b),
                None => self.beside(pair, a, b),
            };
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        let more = reasons.len().saturating_sub(REASONS);
        reasons.truncate(REASONS);
        match more {
            0 => {}
            1 => reasons.push("and 1 more reason".to_owned()),
            many => reasons.push(format!("and {many} more reasons")),
        }
        reasons
    }

    fn beside(&self, pair: &Pair, a: &str, b: &str) -> String {
        let of = |scripts: &NewScripts<'_>, index: usize| scripts.effects.get(index).map(deed);
        let (one, other) = (of(self.a, pair.a), of(self.b, pair.b));
        let (one, other) = (one.unwrap_or_default(), other.unwrap_or_default());
        format!("{a} {one}, and {b} {other}: by their text the two commute")
    }
}
