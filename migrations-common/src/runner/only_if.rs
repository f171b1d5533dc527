//! Whether a file with `only-if` runs on a target, and the record of one that does not.

use std::time::Duration;

use super::transaction::{closed_schema, needs_what_others_hold, unmet};
use super::{Halt, Runner, applied};
use crate::batch::{Batch, Refused};
use crate::event::{Applied, How};
use crate::history::{self, History, SKIPPED};
use crate::prepare::Prepared;
use crate::problem::{Kind, Problem};

impl Runner<'_> {
    /// Asks the target whether a file with `only-if` runs there. Nothing is changed.
    pub(super) fn applies_here(
        &mut self,
        history: &History,
        file: &Prepared,
        question: &str,
    ) -> Result<bool, Halt> {
        let requires = self.required([&file.directives]);
        let opening = Batch::opening(self.target, history, &requires);
        let mut backoff = self.context.backoff();
        let mut told = false;
        loop {
            self.stop_if_interrupted()?;
            let sql = format!("{}\nselect ({question}\n)::boolean;\nrollback", opening.sql);
            let error = match self.link.session(self.context)?.ask(&sql) {
                Ok(Some(answer)) => return Ok(answer == "t"),
                Ok(None) => {
                    let message = "the query answered NULL, or with no row".to_owned();
                    return Err(only_if(file, message, None).into());
                }
                Err(error) => error,
            };
            self.stop_if_interrupted()?;
            match Refused::of(&error) {
                Some(Refused::Busy) => self.wait_for_lock(&mut backoff, &mut told, None)?,
                Some(Refused::HistoryChanged) => return Err(Halt::Changed),
                Some(Refused::Requirement(message)) => return Err(unmet(message).into()),
                Some(Refused::Schema(message)) => return Err(closed_schema(message).into()),
                Some(Refused::LeftTransaction) | None if error.connection_lost => {
                    return Err(error.into_problem(Kind::Failed, "connection-lost").into());
                }
                None if needs_what_others_hold(&error)
                    && self.pause_for_others(&mut backoff, Some(file), &error) => {}
                Some(Refused::LeftTransaction) | None => {
                    return Err(only_if(file, error.message, error.sqlstate).into());
                }
            }
        }
    }

    /// Records `file` as one that does not run here.
    pub(super) fn skip(
        &mut self,
        history: &mut History,
        file: &Prepared,
    ) -> Result<Vec<Applied>, Halt> {
        let form = self.form(history);
        let requires = self.required([&file.directives]);
        let table = &self.target.history;
        let record = self.create_table(history)
            + &history::insert(table, form, &[&file.migration], Some(SKIPPED));
        let mut after = history.clone();
        after.record(form, &file.migration, Some(SKIPPED));
        self.commit(history, &after, &requires, &[], &record)?;
        *history = after;
        Ok(applied(&[file], How::Skipped, &[Duration::ZERO]))
    }
}

fn only_if(file: &Prepared, message: String, sqlstate: Option<String>) -> Problem {
    let span = file
        .directives
        .only_if
        .as_ref()
        .map_or(0..0, |only_if| only_if.span.clone());
    let mut problem = Problem::failed("migration-failed", message)
        .at(file.source.place(span).labelled("the `only-if` query"))
        .help("the query must give one row with one boolean, such as `select exists (…)`");
    problem.sqlstate = sqlstate;
    problem.migration = Some(file.migration.label());
    problem
}
