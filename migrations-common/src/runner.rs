//! One plan on one target: transactions, locks, retries. The only run loop.

mod only_if;
mod record;
mod tenant_schema;
mod together;
mod transaction;
mod without_transaction;

use std::sync::Arc;
use std::time::Duration;

use crate::app::Series;
use crate::batch::Required;
use crate::directive::Directives;
use crate::event::{Applied, Event, How, Observer};
use crate::history::{self, Form, History};
use crate::interrupt::Interrupt;
use crate::migration::Migration;
use crate::plan::{Plan, Request, Unit, cut, plan};
use crate::prepare::Prepared;
use crate::problem::{Kind, Problem};
use crate::program::Program;
use crate::report::{Outcome, TargetReport};
use crate::requirement::required;
use crate::session::Session;
use crate::target::Target;
use crate::wait::Backoff;

pub use record::{TakeBack, to_take_back};
pub use together::{one_unit, together};

/// What all targets of a run share.
#[derive(Clone)]
pub struct Context {
    /// Receives what happens.
    pub observer: Observer,
    /// Ends the run early.
    pub interrupt: Interrupt,
    /// How long to wait for a target's lock, and for locks of tables.
    pub lock_wait: Duration,
    /// How much of that is left, for a target that waited before.
    pub patience: Option<Duration>,
    /// How messages call commands of ours.
    pub program: Program,
    /// All series, for requirements.
    pub known: Arc<[Arc<Series>]>,
}

/// A connection that is opened when it is needed, and anew after it was lost.
pub struct Link {
    target: Arc<Target>,
    session: Option<Session>,
    /// Why there is none, and none is tried for.
    refused: Option<Problem>,
}

/// Runs units on one target.
pub struct Runner<'r> {
    target: &'r Arc<Target>,
    link: &'r mut Link,
    context: &'r Context,
    report: TargetReport,
}

/// Why a unit did not commit.
enum Halt {
    /// Another runner changed the history: look again.
    Changed,
    /// The target ends here.
    Stop(Problem),
}

impl From<Problem> for Halt {
    fn from(problem: Problem) -> Self {
        Halt::Stop(problem)
    }
}

impl Context {
    /// Counts how long a target waits from now on.
    fn backoff(&self) -> Backoff {
        Backoff::new(self.patience.unwrap_or(self.lock_wait))
    }
}

impl Link {
    /// A link to the server and database of `target`; other targets there may use it too.
    pub fn to(target: &Arc<Target>) -> Self {
        Link {
            target: Arc::clone(target),
            session: None,
            refused: None,
        }
    }

    /// Answers every use with `problem` from now on: that a server does not answer is found out once.
    pub(crate) fn refuse(&mut self, problem: Problem) {
        self.session = None;
        self.refused = Some(problem);
    }

    /// Whether a session is open, as far as is known.
    pub fn is_open(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| !session.is_lost())
    }

    /// The session, if it is open: what is begun on one session cannot go on on another.
    fn same_session(&mut self) -> Option<&mut Session> {
        self.session.as_mut().filter(|session| !session.is_lost())
    }

    /// Closes it; the next use opens it anew.
    pub fn close(&mut self) {
        self.session = None;
    }

    /// The open session.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn session(&mut self, context: &Context) -> Result<&mut Session, Problem> {
        let session = self.take(context)?;
        Ok(self.session.insert(session))
    }

    /// The same, to be kept by whoever asks: a link never has two sessions, so that they can be counted.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub(crate) fn take(&mut self, context: &Context) -> Result<Session, Problem> {
        if let Some(problem) = &self.refused {
            return Err(problem.clone());
        }
        match self.session.take().filter(|session| !session.is_lost()) {
            Some(session) => Ok(session),
            None => Session::open(
                &self.target.parameters,
                &self.target.series.app,
                &context.observer,
                &context.interrupt,
            ),
        }
    }

    /// Takes back a session that was taken, and that is as a new one.
    pub(crate) fn put_back(&mut self, session: Session) {
        self.session = Some(session);
    }
}

impl<'r> Runner<'r> {
    /// A runner for `target`, which `link` leads to.
    pub fn new(target: &'r Arc<Target>, link: &'r mut Link, context: &'r Context) -> Self {
        let report = TargetReport::at_head(target);
        Runner {
            target,
            link,
            context,
            report,
        }
    }

    /// Applies what is pending, given the history as it was looked at.
    pub fn migrate(mut self, mut history: History, request: Request) -> TargetReport {
        let mut announced = false;
        loop {
            self.report.current = history.current();
            let plan = match plan(&self.target.series, &history, request, &self.target.values) {
                Ok(plan) => plan,
                Err(problems) => return self.fail(problems),
            };
            if !announced && !plan.pending.is_empty() {
                announced = true;
                self.emit(&Event::Planned {
                    target: Arc::clone(self.target),
                    pending: plan.pending.len(),
                    known: self.target.series.migrations.len(),
                });
            }
            match self.units(&mut history, plan) {
                Ok(outcome) => return self.finish(outcome),
                Err(Halt::Stop(problem)) => return self.fail(vec![problem]),
                Err(Halt::Changed) => match self.look_again() {
                    Ok(found) if found == history => {
                        let problem = two_histories(self.target);
                        return self.fail(vec![problem]);
                    }
                    Ok(found) => history = found,
                    Err(problem) => return self.fail(vec![problem]),
                },
            }
        }
    }

    fn units(&mut self, history: &mut History, plan: Plan) -> Result<Outcome, Halt> {
        let nothing_to_do = if plan.ahead.is_empty() {
            Outcome::AtHead
        } else {
            Outcome::Ahead
        };
        let granularity = self.target.series.config.transaction;
        let units = cut(plan.pending, granularity);
        for (index, unit) in units.iter().enumerate() {
            let applied = self.unit(history, unit).map_err(|halt| match halt {
                Halt::Stop(problem) => {
                    let after = units.get(index + 1..).unwrap_or_default();
                    Halt::Stop(self.explain(problem, history, unit, after))
                }
                Halt::Changed => Halt::Changed,
            })?;
            for applied in applied {
                self.emit(&Event::Done {
                    target: Arc::clone(self.target),
                    applied: applied.clone(),
                });
                self.report.applied.push(applied);
            }
            self.report.current = history.current();
        }
        Ok(if self.report.applied.is_empty() {
            nothing_to_do
        } else {
            Outcome::Applied
        })
    }

    /// Runs one unit and adds its rows to `history`.
    fn unit(&mut self, history: &mut History, unit: &Unit) -> Result<Vec<Applied>, Halt> {
        if let [file] = unit.migrations.as_slice()
            && let Some(question) = &file.only_if
            && !self.applies_here(history, file, question)?
        {
            return self.skip(history, file);
        }
        if unit.transactional {
            self.transaction(history, &unit.migrations)
        } else {
            self.without_transaction(history, unit)
        }
    }

    /// The form that the history table has once the unit ran.
    fn form(&self, history: &History) -> Form {
        history
            .form
            .unwrap_or_else(|| history::created_form(self.target.series.config.history_version))
    }

    /// What the guard of a unit checks in other apps' histories.
    fn required<'d>(&self, directives: impl IntoIterator<Item = &'d Directives>) -> Vec<Required> {
        directives
            .into_iter()
            .flat_map(|directives| &directives.requires)
            .filter_map(|requirement| required(self.target, requirement, &self.context.known))
            .collect()
    }

    /// Reads the history again, as another runner may have changed it.
    fn look_again(&mut self) -> Result<History, Problem> {
        let session = self.link.session(self.context)?;
        let found = history::read(session.client(), std::slice::from_ref(&self.target.history))
            .map_err(|error| error.into_problem(Kind::Connect, "connection-lost"))?;
        found
            .into_iter()
            .next()
            .unwrap_or_else(|| Ok(History::default()))
    }

    fn emit(&self, event: &Event) {
        (self.context.observer)(event);
    }

    fn finish(mut self, outcome: Outcome) -> TargetReport {
        self.report.outcome = outcome;
        self.report
    }

    pub(crate) fn fail(mut self, problems: Vec<Problem>) -> TargetReport {
        self.report.fail(problems);
        self.report
    }

    /// Says what remains of a unit that failed, where the target stands, and what was not reached.
    fn explain(&self, problem: Problem, history: &History, unit: &Unit, after: &[Unit]) -> Problem {
        let stands = match history.current() {
            Some(version) => format!("{} stands at V{version}", self.target.series.config.name),
            None => format!(
                "nothing is applied to {} yet",
                self.target.series.config.name
            ),
        };
        let files: Vec<&Arc<Migration>> = unit.migrations.iter().map(|f| &f.migration).collect();
        let remains = if unit.transactional && problem.code == "connection-lost" {
            format!("as far as is known, {stands}")
        } else if unit.transactional {
            let was = if files.len() > 1 {
                "were rolled back together"
            } else {
                "was rolled back"
            };
            format!(
                "{} {was}, nothing of it remains; {stands}",
                versions(&files)
            )
        } else {
            format!(
                "{} runs outside a transaction: what it finished stays, and the next run goes on from there; {stands}",
                versions(&files)
            )
        };
        let mut problem = problem.note(format!("{}: {remains}", self.target.label()));
        let unreached = after.iter().flat_map(|unit| &unit.migrations);
        let unreached: Vec<&Arc<Migration>> = unreached.map(|file| &file.migration).collect();
        if !unreached.is_empty() {
            let were = if unreached.len() > 1 { "were" } else { "was" };
            problem = problem.note(format!("{} {were} not reached", versions(&unreached)));
        }
        problem
    }
}

/// Looking again would go on for ever.
fn two_histories(target: &Target) -> Problem {
    let table = target.history.sql();
    Problem::failed(
        "history-changed",
        format!("{table} shows other rows to a unit than to a look at it"),
    )
    .help(format!(
        "if it has row level security: alter table {table} disable row level security"
    ))
}

/// `V16`, or `V16 to V20`.
fn versions(migrations: &[&Arc<Migration>]) -> String {
    match migrations {
        [first, .., last] => format!("V{} to V{}", first.version, last.version),
        [only] => format!("V{}", only.version),
        [] => String::new(),
    }
}

/// What became of each file of a unit that committed.
fn applied(files: &[&Prepared], how: How, elapsed: &[Duration]) -> Vec<Applied> {
    files
        .iter()
        .enumerate()
        .map(|(index, file)| Applied {
            migration: Arc::clone(&file.migration),
            how,
            elapsed: elapsed.get(index).copied().unwrap_or_default(),
        })
        .collect()
}
