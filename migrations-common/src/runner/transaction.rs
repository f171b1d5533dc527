//! A unit in one transaction: sent whole, tried again while others hold its locks, and looked after when the
//! connection breaks at the commit.

use std::sync::Arc;

use super::{Halt, Runner, applied};
use crate::batch::{Batch, Refused, Required};
use crate::connect::ServerError;
use crate::event::{Applied, Event, How};
use crate::failure::{self, Where};
use crate::history::{self, History};
use crate::migration::Migration;
use crate::prepare::Prepared;
use crate::problem::{Kind, Problem};
use crate::session::{Reached, Session};
use crate::wait::Backoff;

/// What a try to commit came to.
enum Try {
    Committed(Reached),
    Again,
    LookAgain,
    Failed(Problem),
    /// Nobody knows yet whether the commit arrived.
    Lost(Problem),
}

impl Runner<'_> {
    /// Runs `files` and records them, all or nothing.
    pub(super) fn transaction(
        &mut self,
        history: &mut History,
        files: &[Prepared],
    ) -> Result<Vec<Applied>, Halt> {
        let form = self.form(history);
        let requires = self.required(files.iter().map(|file| &file.directives));
        let files: Vec<&Prepared> = files.iter().collect();
        let migrations: Vec<&Arc<Migration>> = files.iter().map(|file| &file.migration).collect();
        let record = self.create_table(history)
            + &history::insert(&self.target.history, form, &migrations, None);
        let mut after = history.clone();
        for file in &files {
            after.record(form, &file.migration, None);
        }
        let reached = self.commit(history, &after, &requires, &files, &record)?;
        *history = after;
        Ok(applied(&files, How::InTransaction, &reached.elapsed))
    }

    /// Sends a transaction until it commits, fails, or time is up. `after` is the history that it leaves.
    pub(super) fn commit(
        &mut self,
        history: &History,
        after: &History,
        requires: &[Required],
        files: &[&Prepared],
        record: &str,
    ) -> Result<Reached, Halt> {
        let batch = Batch::whole(self.target, history, requires, files, record);
        let mut backoff = self.context.backoff();
        let mut told = false;
        loop {
            match self.attempt(&batch, files, &mut backoff, &mut told)? {
                Try::Committed(reached) => return Ok(reached),
                Try::Again => {}
                Try::LookAgain => return Err(Halt::Changed),
                Try::Failed(problem) => return Err(Halt::Stop(problem)),
                Try::Lost(problem) => return self.after_loss(&problem, history, after),
            }
        }
    }

    fn attempt(
        &mut self,
        batch: &Batch,
        files: &[&Prepared],
        backoff: &mut Backoff,
        told: &mut bool,
    ) -> Result<Try, Problem> {
        self.stop_if_interrupted()?;
        let session = self.link.session(self.context)?;
        let (error, reached) = match session.run(self.target, files, &batch.sql) {
            Ok(reached) => return Ok(Try::Committed(reached)),
            Err(failed) => failed,
        };
        self.stop_if_interrupted()?;
        let (index, mut problem) =
            failure::describe(&error, files, &Where::Batch(batch, reached.mark));
        if error.connection_lost {
            return Ok(Try::Lost(problem));
        }
        match Refused::of(&error) {
            Some(Refused::Busy) => {
                return self.wait_for_lock(backoff, told, None).map(|()| Try::Again);
            }
            Some(Refused::HistoryChanged) => return Ok(Try::LookAgain),
            Some(Refused::Requirement(message)) => return Ok(Try::Failed(unmet(message))),
            Some(Refused::Schema(message)) => return Ok(Try::Failed(closed_schema(message))),
            Some(Refused::LeftTransaction) => {
                problem.code = "transaction-control";
                if files.len() > 1 {
                    problem = problem.note("it may be any file of the unit");
                }
                return Ok(Try::Failed(problem.help(
                    "remove what commits or rolls back from the file, and what it calls",
                )));
            }
            None => {}
        }
        if needs_what_others_hold(&error) {
            if self.pause_for_others(backoff, files.get(index).copied(), &error) {
                return Ok(Try::Again);
            }
            return Ok(Try::Failed(problem.note(format!(
                "tried again for {} s; others held the lock each time",
                self.context.lock_wait.as_secs()
            ))));
        }
        Ok(Try::Failed(failure::explain_immediate(problem, index)))
    }

    /// Waits before the next try of `file`, outside of any transaction; false once the time is up.
    pub(super) fn pause_for_others(
        &mut self,
        backoff: &mut Backoff,
        file: Option<&Prepared>,
        error: &ServerError,
    ) -> bool {
        let Some(pause) = backoff.pause() else {
            return false;
        };
        if let Some(file) = file {
            self.emit(&Event::Retrying {
                target: Arc::clone(self.target),
                migration: Arc::clone(&file.migration),
                cause: error.message.clone(),
                pause,
            });
        }
        self.context.interrupt.sleep(pause);
        true
    }

    /// Finds out whether the commit arrived whose answer was lost: only the server knows.
    ///
    /// It is asked under the lock, which the old session holds while it is at work. What was still on its way when we
    /// asked may yet be committed; the next run finds it.
    fn after_loss(
        &mut self,
        problem: &Problem,
        history: &History,
        after: &History,
    ) -> Result<Reached, Halt> {
        let lost = |help: &str| problem.clone().help(help);
        let unknown = "whether it was committed could not be found out; run it again: it will look";
        let opening = Batch::opening(self.target, after, &[]);
        let mut backoff = self.context.backoff();
        let mut told = false;
        loop {
            self.stop_if_interrupted()?;
            let session = self.link.session(self.context).map_err(|_| lost(unknown))?;
            let Err(answer) = session.ask(&format!("{}\nrollback", opening.sql)) else {
                return Ok(Reached::default());
            };
            match Refused::of(&answer) {
                Some(Refused::Busy) => self
                    .wait_for_lock(&mut backoff, &mut told, None)
                    .map_err(|busy| lost(unknown).note(busy.message.clone()))?,
                Some(Refused::HistoryChanged) => break,
                _ => return Err(lost(unknown).into()),
            }
        }
        let found = self.look_again()?;
        if found.fingerprint() == history.fingerprint() {
            return Err(lost(
                "it was not committed when this was looked at; run it again: it will look",
            )
            .into());
        }
        Err(Halt::Changed)
    }

    /// Waits for whoever holds the target's lock; says once who that is, as `session` tells, or else the link's own.
    pub(super) fn wait_for_lock(
        &mut self,
        backoff: &mut Backoff,
        told: &mut bool,
        session: Option<&mut Session>,
    ) -> Result<(), Problem> {
        let pause = backoff.pause();
        if *told && let Some(pause) = pause {
            self.context.interrupt.sleep(pause);
            return Ok(());
        }
        let key = self.target.lock();
        let session = match session {
            Some(session) => session,
            None => self.link.session(self.context)?,
        };
        let holder = key.holder(session.client());
        let Some(pause) = pause else {
            let who =
                holder.map_or_else(|| "another session".to_owned(), |holder| holder.to_string());
            return Err(Problem::new(
                Kind::Busy,
                "busy",
                format!("{} is locked by {who}", self.target.label()),
            )
            .note(format!("waited {} s", self.context.lock_wait.as_secs()))
            .help(
                "somebody else is migrating it: wait for them, or give more time with --lock-wait",
            ));
        };
        *told = true;
        self.emit(&Event::Waiting {
            target: Arc::clone(self.target),
            holder,
        });
        self.context.interrupt.sleep(pause);
        Ok(())
    }

    /// Ends the target when a signal asked for it.
    pub(super) fn stop_if_interrupted(&self) -> Result<(), Problem> {
        match self.context.interrupt.requested() {
            Some(_) => Err(Problem::new(
                Kind::Interrupted,
                "interrupted",
                "interrupted by a signal",
            )),
            None => Ok(()),
        }
    }

    /// SQL that makes the history table, if it is not there.
    pub(super) fn create_table(&self, history: &History) -> String {
        match history.form {
            Some(_) => String::new(),
            None => {
                history::create(
                    &self.target.history,
                    self.target.series.config.history_version,
                ) + "\n"
            }
        }
    }
}

/// The server's answers to those who waited too long for a lock, or in a circle.
pub(super) fn needs_what_others_hold(error: &ServerError) -> bool {
    matches!(error.sqlstate.as_deref(), Some("55P03" | "40P01"))
}

/// A requirement that is not met when the unit is about to run.
pub(super) fn unmet(message: String) -> Problem {
    Problem::new(Kind::Requirement, "missing-requirement", message)
        .help("apply it first, or let this run do it: --with-requirements")
}

pub(super) fn closed_schema(message: String) -> Problem {
    Problem::failed("no-schema", message)
        .note("an unqualified CREATE TABLE would land in the next schema of search_path")
        .help("create the schema and grant USAGE and CREATE on it, or correct `schema` in migrations.toml")
}
