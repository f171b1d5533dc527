//! A no-transaction file: statement by statement, on a session that is its own as long as it runs, under a session lock.
//!
//! After a crash a statement may be done and not recorded, or an index left INVALID: the next run looks at each
//! statement before it sends it, and converges.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::transaction::{needs_what_others_hold, unmet};
use super::{Halt, Runner, applied};
use crate::batch::{Batch, Required, search_path};
use crate::connect::ServerError;
use crate::event::{Applied, Event, How};
use crate::failure::{self, Where};
use crate::history::{self, History};
use crate::plan::Unit;
use crate::prepare::Prepared;
use crate::problem::{Kind, Problem};
use crate::session::Session;
use crate::sql::quote;
use crate::statement::{self, Standing};
use crate::target::Target;

impl Runner<'_> {
    /// Runs the one file of `unit` and records it.
    pub(super) fn without_transaction(
        &mut self,
        history: &mut History,
        unit: &Unit,
    ) -> Result<Vec<Applied>, Halt> {
        let Some(file) = unit.migrations.first() else {
            return Ok(Vec::new());
        };
        let form = self.form(history);
        let record = self.create_table(history)
            + &history::insert(&self.target.history, form, &[&file.migration], None);
        let elapsed = self.outside(history, file, &record, |history| {
            history.record(form, &file.migration, None);
        })?;
        Ok(applied(&[file], How::WithoutTransaction, &[elapsed]))
    }

    /// Runs `file` outside a transaction, then `record` in one.
    pub(super) fn outside(
        &mut self,
        history: &mut History,
        file: &Prepared,
        record: &str,
        change: impl FnOnce(&mut History),
    ) -> Result<Duration, Halt> {
        let started = Instant::now();
        let mut direct = Direct::open(self)?;
        let result = direct.run(history, file, record);
        direct.close();
        if result.is_err() {
            self.stop_if_interrupted()?;
        }
        result?;
        change(history);
        Ok(started.elapsed())
    }
}

/// A session that nobody else uses, and that holds the target's lock.
struct Direct<'s, 'r> {
    runner: &'s mut Runner<'r>,
    session: Session,
    pid: String,
}

/// Transactions over which the server process must stay the same.
const PROOFS: usize = 3;

impl<'s, 'r> Direct<'s, 'r> {
    /// Connects around a pooler, and takes the session lock by polling.
    ///
    /// A blocking wait would be a transaction that CREATE INDEX CONCURRENTLY waits for: a deadlock.
    fn open(runner: &'s mut Runner<'r>) -> Result<Self, Halt> {
        let target = Arc::clone(runner.target);
        let context = runner.context;
        let mut session = match &target.direct {
            None => runner.link.take(context)?,
            Some(parameters) => {
                runner.link.close();
                let app = &target.series.app;
                Session::open(parameters, app, &context.observer, &context.interrupt)?
            }
        };
        let pid = process(&mut session)?;
        for _ in 1..PROOFS {
            if process(&mut session)? != pid {
                return Err(pooled(&target).into());
            }
        }
        let mut backoff = runner.context.backoff();
        let mut told = false;
        while !session
            .holds(&target.lock().try_in_session())
            .map_err(lost)?
        {
            runner.stop_if_interrupted()?;
            runner.wait_for_lock(&mut backoff, &mut told, Some(&mut session))?;
        }
        let direct = Direct {
            runner,
            session,
            pid,
        };
        if target.direct.is_none() && !target.made_on_demand {
            // A pooler that has only us to serve looks like none.
            direct.note(
                "no pooler was seen on the way to the server, which does not prove that there is none"
                    .to_owned(),
            );
        }
        Ok(direct)
    }

    fn run(&mut self, history: &History, file: &Prepared, record: &str) -> Result<(), Halt> {
        let target = Arc::clone(self.runner.target);
        let now = history::read(self.session.client(), std::slice::from_ref(&target.history))
            .map_err(lost)?;
        if now
            .into_iter()
            .next()
            .transpose()?
            .is_none_or(|now| now.fingerprint() != history.fingerprint())
        {
            return Err(Halt::Changed);
        }
        let requires = self.runner.required([&file.directives]);
        self.check_requirements(&requires)?;
        self.session.ask(&settings(&target, file)).map_err(lost)?;
        if !self
            .session
            .holds(&format!(
                "current_schema() is not distinct from {}",
                quote::literal(&target.history.schema)
            ))
            .map_err(lost)?
        {
            return Err(Problem::failed(
                "no-schema",
                format!("the schema {} does not exist", target.name()),
            )
            .into());
        }
        self.runner.emit(&Event::Started {
            target: Arc::clone(&target),
            migration: Arc::clone(&file.migration),
        });
        for number in 0..file.statements.len() {
            self.runner.stop_if_interrupted()?;
            self.still_ours(&target)?;
            self.statement(file, number)?;
            if number + 1 < file.statements.len() {
                let (migration, of) = (Arc::clone(&file.migration), file.statements.len());
                self.runner.emit(&Event::Statement {
                    target: Arc::clone(&target),
                    migration,
                    done: number + 1,
                    of,
                });
            }
        }
        self.session
            .ask("reset session authorization; reset role; reset all")
            .map_err(lost)?;
        self.record(history, &requires, record)
    }

    /// Sends a statement, unless it is already done, and makes sure that it did what it says.
    fn statement(&mut self, file: &Prepared, number: usize) -> Result<(), Halt> {
        let at = Where::Statement(number);
        let failed = |error: &ServerError| failure::describe(error, &[file], &at).1;
        let Some(text) = file
            .statements
            .get(number)
            .and_then(|span| file.rendered.text.get(span.clone()))
        else {
            return Ok(());
        };
        let repeat = file.directives.idempotent;
        let text = match statement::look(&mut self.session, text).map_err(|error| failed(&error))? {
            Standing::Done if !repeat => {
                self.note(format!("already done: {}", statement::first_line(text)));
                return Ok(());
            }
            Standing::Done | Standing::ToDo => text.to_owned(),
            Standing::Leftover { drop } => {
                self.note(format!("an interrupted run left it INVALID: {drop}"));
                self.session.ask(&drop).map_err(|error| failed(&error))?;
                text.to_owned()
            }
            Standing::ToFinish { with } => with,
            Standing::InTheWay(why) => {
                let error = ServerError {
                    message: why,
                    ..ServerError::default()
                };
                return Err(failed(&error).into());
            }
        };
        match self
            .session
            .run(&Arc::clone(self.runner.target), &[], &text)
        {
            Ok(_) => {}
            Err((error, _)) => return Err(failed(&error).into()),
        }
        match statement::look(&mut self.session, &text).map_err(|error| failed(&error))? {
            Standing::Leftover { .. } => {
                let message = "the statement ended well and left an INVALID index".to_owned();
                Err(failed(&ServerError {
                    message,
                    ..ServerError::default()
                })
                .into())
            }
            _ => Ok(()),
        }
    }

    /// Records under the session lock: the same session may take the transaction's form of it too.
    fn record(
        &mut self,
        history: &History,
        requires: &[Required],
        record: &str,
    ) -> Result<(), Halt> {
        let batch = Batch::whole(self.runner.target, history, requires, &[], record);
        let mut backoff = self.runner.context.backoff();
        while let Err(error) = self.session.ask(&batch.sql) {
            self.runner.stop_if_interrupted()?;
            if needs_what_others_hold(&error)
                && self.runner.pause_for_others(&mut backoff, None, &error)
            {
                continue;
            }
            let problem = error.into_problem(Kind::Failed, "history-not-written");
            return Err(problem
                .note("the statements of the file are done; the next run finds them done and records the file")
                .into());
        }
        Ok(())
    }

    fn check_requirements(&mut self, requires: &[Required]) -> Result<(), Halt> {
        for required in requires {
            let table = required.table.sql();
            let there = self.session.holds(&format!(
                "to_regclass({}) is not null",
                quote::literal(&table)
            ));
            let row = format!(
                "exists (select from {table} where version = {})",
                required.version
            );
            if !(there.map_err(lost)? && self.session.holds(&row).map_err(lost)?) {
                return Err(unmet(format!("{} is not applied here", required.label)).into());
            }
        }
        Ok(())
    }

    /// A pooler may hand the session to somebody else between two statements, and the lock with it.
    fn still_ours(&mut self, target: &Target) -> Result<(), Halt> {
        if process(&mut self.session)? != self.pid {
            return Err(pooled(target).into());
        }
        if self.session.holds(&target.lock().is_held()).map_err(lost)? {
            Ok(())
        } else {
            Err(given_up(target).into())
        }
    }

    fn note(&self, message: String) {
        let target = Arc::clone(self.runner.target);
        self.runner.emit(&Event::Notice {
            target,
            severity: "NOTE".to_owned(),
            message,
        });
    }

    /// Lets go of the lock. Closing the connection does it too; this does it now, and leaves nothing of the file to who
    /// uses the session next.
    fn close(mut self) {
        let release = self.runner.target.lock().release_in_session();
        let released = self.session.ask(&format!("select {release}")).is_ok();
        if released && self.runner.target.direct.is_none() && self.session.discard().is_ok() {
            self.runner.link.put_back(self.session);
        }
    }
}

/// Without timeouts unless the file has its own: a concurrent build waits for every old transaction, related or not.
/// The server looks for us every two seconds, so that a killed runner's statement ends (not on every platform).
fn settings(target: &Target, file: &Prepared) -> String {
    let milliseconds = |limit: Option<Duration>| limit.unwrap_or_default().as_millis();
    format!(
        "set search_path = {}; set lock_timeout = {}; set statement_timeout = {}; set standard_conforming_strings = on; \
         do $$begin set client_connection_check_interval = '2s'; exception when others then null; end$$",
        search_path(target),
        milliseconds(file.directives.lock_timeout),
        milliseconds(file.directives.statement_timeout)
    )
}

fn process(session: &mut Session) -> Result<String, Problem> {
    let pid = session
        .ask("begin; select pg_backend_pid(); commit")
        .map_err(lost)?;
    Ok(pid.unwrap_or_default())
}

fn pooled(target: &Target) -> Problem {
    let database = &target.series.config.name;
    Problem::failed(
        "pooled-connection",
        "the connection goes through a pooler that shares server sessions",
    )
    .note("a no-transaction migration needs one session from its first statement to its last")
    .help(format!(
        "give the way around it: {database} = {{ url = …, direct_url = … }} in migrations.toml"
    ))
}

/// By DISCARD ALL, say, or by `pg_advisory_unlock_all()`.
fn given_up(target: &Target) -> Problem {
    Problem::failed(
        "lock-lost",
        format!("the file gave up the lock of {}", target.label()),
    )
    .note("without it another runner may begin")
    .help("remove what unlocks from the file")
}

fn lost(error: ServerError) -> Problem {
    let code = if error.connection_lost {
        "connection-lost"
    } else {
        "migration-failed"
    };
    error.into_problem(Kind::Failed, code)
}
