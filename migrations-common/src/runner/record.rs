//! The other ways to change a history: taking migrations back, recording without running, accepting an edit.

use std::sync::Arc;

use super::{Halt, Runner, versions};
use crate::event::{Applied, Event, How};
use crate::history::{self, History};
use crate::migration::{Migration, Version};
use crate::prepare::{self, Prepared};
use crate::problem::Problem;
use crate::report::{Outcome, TargetReport};

/// A migration that goes, and what takes it back: nothing where it was skipped.
#[derive(Clone, Debug)]
pub struct TakeBack {
    migration: Arc<Migration>,
    down: Option<Prepared>,
}

impl Runner<'_> {
    /// Takes back `all`, newest first, each with its record in one transaction.
    pub fn roll_back(mut self, mut history: History, all: &[TakeBack]) -> TargetReport {
        self.report.current = history.current();
        for (index, one) in all.iter().enumerate() {
            match self.take_back(&mut history, one) {
                Ok(applied) => self.done(applied, &history),
                Err(halt) => {
                    let after = all.iter().skip(index + 1).map(|one| &one.migration);
                    let after: Vec<&Arc<Migration>> = after.collect();
                    let mut problem = changed(halt);
                    let label = one.migration.label();
                    problem =
                        problem.note(format!("{}: {label} is still applied", self.target.label()));
                    if !after.is_empty() {
                        problem = problem.note(format!("{} still applied too", versions(&after)));
                    }
                    return self.fail(vec![problem]);
                }
            }
        }
        let outcome = if all.is_empty() {
            Outcome::AtHead
        } else {
            Outcome::Applied
        };
        self.finish(outcome)
    }

    fn take_back(&mut self, history: &mut History, one: &TakeBack) -> Result<Applied, Halt> {
        let form = self.form(history);
        let version = one.migration.version;
        let record = history::delete(&self.target.history, form, version);
        let taken_back = |elapsed| Applied {
            migration: Arc::clone(&one.migration),
            how: How::TakenBack,
            elapsed,
        };
        if let Some(down) = &one.down
            && down.directives.no_transaction
        {
            let elapsed =
                self.outside(history, down, &record, |history| history.forget(version))?;
            return Ok(taken_back(elapsed));
        }
        let mut after = history.clone();
        after.forget(version);
        let files: Vec<&Prepared> = one.down.iter().collect();
        let reached = self.commit(history, &after, &[], &files, &record)?;
        *history = after;
        Ok(taken_back(
            reached.elapsed.first().copied().unwrap_or_default(),
        ))
    }

    /// Records `migrations` as applied without running them, in one transaction.
    pub fn baseline(mut self, mut history: History, migrations: &[Arc<Migration>]) -> TargetReport {
        self.report.current = history.current();
        if migrations.is_empty() {
            return self.finish(Outcome::AtHead);
        }
        let form = self.form(&history);
        let record = self.create_table(&history)
            + &history::insert(&self.target.history, form, migrations, None);
        let mut after = history.clone();
        for migration in migrations {
            after.record(form, migration, None);
        }
        self.record_only(&mut history, after, &record, migrations, How::Baselined)
    }

    /// Records today's file of `migration` as the one that was applied.
    pub fn repair(mut self, mut history: History, migration: &Arc<Migration>) -> TargetReport {
        self.report.current = history.current();
        let form = self.form(&history);
        let record = history::update(&self.target.history, form, migration);
        let outcome = history
            .find(migration.version)
            .and_then(|row| row.outcome.clone());
        let mut after = history.clone();
        after.forget(migration.version);
        after.record(form, migration, outcome.as_deref());
        self.record_only(
            &mut history,
            after,
            &record,
            std::slice::from_ref(migration),
            How::Repaired,
        )
    }

    fn record_only(
        mut self,
        history: &mut History,
        after: History,
        record: &str,
        migrations: &[Arc<Migration>],
        how: How,
    ) -> TargetReport {
        match self.commit(history, &after, &[], &[], record) {
            Ok(_) => {
                *history = after;
                for migration in migrations {
                    let applied = Applied {
                        migration: Arc::clone(migration),
                        how,
                        elapsed: std::time::Duration::ZERO,
                    };
                    self.done(applied, history);
                }
                self.finish(Outcome::Applied)
            }
            Err(halt) => {
                let problem =
                    changed(halt).note(format!("{}: nothing was recorded", self.target.label()));
                self.fail(vec![problem])
            }
        }
    }

    fn done(&mut self, applied: Applied, history: &History) {
        self.emit(&Event::Done {
            target: Arc::clone(self.target),
            applied: applied.clone(),
        });
        self.report.applied.push(applied);
        self.report.current = history.current();
    }
}

/// What would be taken back to reach `to`: all newer applied migrations, newest first.
///
/// What was skipped was never run there, and so needs no down file.
///
/// # Errors
/// Everything that stands in the way: down files that are missing, versions that are not known.
pub fn to_take_back(
    target: &crate::target::Target,
    history: &History,
    to: Version,
) -> Result<Vec<TakeBack>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut all = Vec::new();
    let allowed = target.series.allowed_schemas();
    for row in history.rows.iter().rev().take_while(|row| row.version > to) {
        match target.series.migration(row.version) {
            Ok(migration) => {
                let is_skipped = row.outcome.is_some();
                let prepare = || prepare::down(migration, &target.values, allowed.as_ref());
                match (!is_skipped).then(prepare).transpose() {
                    Ok(down) => all.push(TakeBack {
                        migration: Arc::clone(migration),
                        down,
                    }),
                    Err(found) => problems.extend(found),
                }
            }
            Err(_) => problems.push(
                Problem::verification(
                    "deleted-migration",
                    format!(
                        "V{}__{} is applied and its file is not here",
                        row.version, row.name
                    ),
                )
                .help("take it back with the release that knows it"),
            ),
        }
    }
    if problems.is_empty() {
        Ok(all)
    } else {
        Err(problems)
    }
}

/// Another runner came first: what was planned from is no longer so.
fn changed(halt: Halt) -> Problem {
    match halt {
        Halt::Stop(problem) => problem,
        Halt::Changed => Problem::failed(
            "history-changed",
            "another runner changed the history meanwhile",
        )
        .help("run it again: it will look anew"),
    }
}
