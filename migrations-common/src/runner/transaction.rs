//! A unit in one transaction: sent whole, tried again while others hold its locks, and looked after when the
//! connection breaks at the commit.

use std::sync::Arc;

use super::{Halt, Runner, applied};
use crate::batch::{Batch, Part, Refused, Required};
use crate::connect::ServerError;
use crate::event::{Applied, Event, How};
use crate::failure::{self, Where};
use crate::history::{self, History};
use crate::prepare::Prepared;
use crate::problem::{Kind, Problem};
use crate::session::Reached;
use crate::wait::Backoff;

/// What a try to commit came to.
enum Try {
    Committed(Reached),
    Again,
    LookAgain,
    Failed(Problem),
    /// Nobody knows yet whether the commit arrived.
    Lost(Box<ServerError>),
}

impl Runner<'_> {
    /// Runs `files` and records them, all or nothing.
    pub(super) fn transaction(
        &mut self,
        history: &mut History,
        files: &[Prepared],
    ) -> Result<Vec<Applied>, Halt> {
        let form = self.form(history);
        let create = self.create_table(history);
        let requires = self.required(files.iter().map(|file| &file.directives));
        let files: Vec<&Prepared> = files.iter().collect();
        let record = |index: usize, file: &Prepared| {
            let insert = history::insert(&self.target.history, form, &file.migration, None);
            if index == 0 {
                format!("{create}{insert}")
            } else {
                insert
            }
        };
        let parts: Vec<Part<'_>> = files
            .iter()
            .enumerate()
            .map(|(index, file)| Part {
                file: Some(*file),
                record: record(index, file),
            })
            .collect();
        let mut after = history.clone();
        for file in &files {
            after.record(form, &file.migration, None);
        }
        let reached = self.commit(history, &after, &requires, &files, &parts)?;
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
        parts: &[Part<'_>],
    ) -> Result<Reached, Halt> {
        let batch = Batch::whole(self.target, history, requires, parts);
        let mut backoff = Backoff::new(self.context.lock_wait);
        let mut told = false;
        loop {
            match self.attempt(&batch, files, &mut backoff, &mut told)? {
                Try::Committed(reached) => return Ok(reached),
                Try::Again => {}
                Try::LookAgain => return Err(Halt::Changed),
                Try::Failed(problem) => return Err(Halt::Stop(problem)),
                Try::Lost(error) => {
                    // A commit whose answer was lost may have arrived: only the server knows.
                    let found = self.look_again().ok();
                    if found.is_some_and(|found| found.fingerprint() == after.fingerprint()) {
                        return Ok(Reached::default());
                    }
                    let problem = error.into_problem(Kind::Failed, "connection-lost");
                    return Err(Halt::Stop(problem.help(
                        "the transaction is rolled back by the server; run it again",
                    )));
                }
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
        if error.connection_lost {
            return Ok(Try::Lost(Box::new(error)));
        }
        match Refused::of(&error) {
            Some(Refused::Busy) => return self.wait_for_lock(backoff, told).map(|()| Try::Again),
            Some(Refused::HistoryChanged) => return Ok(Try::LookAgain),
            Some(Refused::Requirement(message)) => return Ok(Try::Failed(unmet(message))),
            Some(Refused::Schema(message)) => return Ok(Try::Failed(closed_schema(message))),
            Some(Refused::LeftTransaction) => {
                return Ok(Try::Failed(left_transaction(
                    &error, files, batch, &reached,
                )));
            }
            None => {}
        }
        let (index, problem) = failure::describe(&error, files, &Where::Batch(batch, reached.mark));
        if matches!(error.sqlstate.as_deref(), Some("55P03" | "40P01")) {
            // Others hold what the unit needs: it is rolled back, and the wait is outside of any transaction.
            let migration = files.get(index).map(|file| Arc::clone(&file.migration));
            if let (Some(pause), Some(migration)) = (backoff.pause(), migration) {
                let target = Arc::clone(self.target);
                self.emit(&Event::Retrying {
                    target,
                    migration,
                    cause: error.message,
                    pause,
                });
                self.context.interrupt.sleep(pause);
                return Ok(Try::Again);
            }
            return Ok(Try::Failed(problem.note(format!(
                "tried again for {} s; others held the lock each time",
                self.context.lock_wait.as_secs()
            ))));
        }
        Ok(Try::Failed(failure::explain_immediate(problem, index)))
    }

    /// Waits for whoever holds the target's lock; says once who that is.
    pub(super) fn wait_for_lock(
        &mut self,
        backoff: &mut Backoff,
        told: &mut bool,
    ) -> Result<(), Problem> {
        let pause = backoff.pause();
        if *told && let Some(pause) = pause {
            self.context.interrupt.sleep(pause);
            return Ok(());
        }
        let key = self.target.lock();
        let holder = key.holder(self.link.session(self.context)?.client());
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
                    self.target.database.config.history_version,
                ) + "\n"
            }
        }
    }
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

fn left_transaction(
    error: &ServerError,
    files: &[&Prepared],
    batch: &Batch,
    reached: &Reached,
) -> Problem {
    let (_, mut problem) = failure::describe(error, files, &Where::Batch(batch, reached.mark));
    problem.code = "transaction-control";
    problem.help("remove what commits or rolls back from the file, and what it calls")
}
