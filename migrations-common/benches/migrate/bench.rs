//! Everything that is there for the whole run, and one round of it.

use std::path::PathBuf;

use crate::Failure;
use crate::candidate::{self, Candidate, alembic};
use crate::figures::{Figures, Sample};
use crate::phase::Phase;
use crate::place::{Place, Server};
use crate::proxy::Proxy;
use crate::server_cpu;
use crate::suite::{Setting, Start, Suite};
use crate::turn::Turn;
use crate::workload::{Files, Workload};

/// A server, what is to be measured on it, and who takes part.
pub(crate) struct Bench {
    suite: Suite,
    server: Server,
    /// The network, where the suite has settings behind one.
    proxy: Option<Proxy>,
    workload: Workload,
    python: Option<alembic::Python>,
    /// What is not measured, and why.
    left_out: Vec<String>,
}

impl Bench {
    /// Starts what `suite` needs; the server at `url`, else a throw-away one.
    pub(crate) fn new(mut suite: Suite, url: Option<&str>) -> Result<Self, Failure> {
        let mut left_out = Vec::new();
        let server = Server::of(url)?;
        if server.own().is_none() {
            left_out.push("the server's processor time: it is not ours".to_owned());
        }
        let mut proxy = None;
        if let Some(delay) = suite.delay() {
            match server.own() {
                Some(own) => proxy = Some(Proxy::start(own, delay)?),
                None => {
                    left_out.push("a network with a delay: the server is not ours".to_owned());
                    suite.settings.retain(|setting| setting.delay.is_zero());
                }
            }
        }
        let mut python = None;
        if suite.candidates.contains(&candidate::ALEMBIC) {
            match alembic::Python::install() {
                Ok(installed) => python = Some(installed),
                Err(reason) => {
                    left_out.push(format!("{}: {reason}", candidate::ALEMBIC));
                    suite.candidates.retain(|name| *name != candidate::ALEMBIC);
                }
            }
        }
        Ok(Bench {
            suite,
            server,
            proxy,
            workload: Workload::load()?,
            python,
            left_out,
        })
    }

    /// Who takes part, in the order of the table.
    pub(crate) fn candidates(&self) -> Vec<&'static str> {
        self.suite.candidates.clone()
    }

    /// What the figures are of, and what is not among them.
    pub(crate) fn head(&self, rounds: usize) -> Result<String, Failure> {
        let mut head = format!(
            "PostgreSQL {}, {} migrations, workers: {}, rounds: {rounds}",
            self.server.version()?,
            self.workload.head.len(),
            self.suite.workers,
        );
        for what in &self.left_out {
            head.push_str("; not measured: ");
            head.push_str(what);
        }
        Ok(head)
    }

    /// Measures every candidate once in every setting; who begins depends on the number of the round.
    pub(crate) fn round(&self, round: usize, figures: &mut Figures) -> Result<(), Failure> {
        let names = &self.suite.candidates;
        for setting in &self.suite.settings {
            for name in names.iter().cycle().skip(round).take(names.len()) {
                let candidate = candidate::named(name, self.python().as_deref())?;
                self.phases(candidate.as_ref(), setting, figures)
                    .map_err(|failure| format!("{name}: {failure}"))?;
            }
        }
        Ok(())
    }

    fn phases(
        &self,
        candidate: &dyn Candidate,
        setting: &Setting,
        figures: &mut Figures,
    ) -> Result<(), Failure> {
        let place = self.server.make_place(setting.targets)?;
        let history = candidate.history();
        if setting.start == Start::AtHead {
            let (first, files) = (place.first(), &self.workload.head);
            self.turn(candidate, &first, first.url(), files).take()?;
            place.copy_history(&history)?;
        }
        for phase in setting.phases {
            let files = phase.files(&self.workload);
            if *phase == Phase::FewBehind {
                place.take_back_few(&history, files)?;
            }
            let sample = self
                .measured(candidate, &place, setting, files)
                .map_err(|failure| format!("{}: {failure}", phase.name()))?;
            place.verify(&history, files.newest())?;
            figures.add(setting, *phase, candidate.name(), sample);
        }
        self.server.remove(place)
    }

    fn measured(
        &self,
        candidate: &dyn Candidate,
        place: &Place,
        setting: &Setting,
        files: &Files,
    ) -> Result<Sample, Failure> {
        let proxy = self.proxy.as_ref().filter(|_| !setting.delay.is_zero());
        let url = proxy.map_or_else(|| place.url(), |proxy| proxy.url(place.database()));
        let turn = self.turn(candidate, place, url, files);
        let cpu = self.server.own().and_then(|own| server_cpu::now(own.pid));
        let before = proxy.map(Proxy::traffic);
        let took = turn.take()?;
        let traffic = proxy
            .map(Proxy::traffic)
            .zip(before)
            .map(|(after, before)| after.since(before));
        let targets = f64::from(u32::try_from(setting.targets)?);
        Ok(Sample {
            seconds: took.seconds,
            server_cpu: cpu.and_then(|cpu| cpu.spent_since()),
            peak: took.peak,
            statements: traffic.map(|traffic| traffic.statements / targets),
            round_trips: traffic.map(|traffic| traffic.round_trips / targets),
        })
    }

    fn turn(&self, candidate: &dyn Candidate, place: &Place, url: String, files: &Files) -> Turn {
        Turn {
            candidate: candidate.name().to_owned(),
            url,
            targets: place.schemas.len(),
            app: files.app.clone(),
            workers: self.suite.workers,
            python: self.python(),
        }
    }

    fn python(&self) -> Option<PathBuf> {
        self.python.as_ref().map(alembic::Python::program)
    }
}
