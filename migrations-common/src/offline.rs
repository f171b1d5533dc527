//! A series as one SQL file for psql: no connection is opened to write it, and the same files give the same bytes.
//!
//! The script can be run again, and on a target that has some of the migrations: each unit is applied only where its
//! first version is not recorded, under the same lock and with the same guard as online. What only the online run
//! can do, it leaves out: trying again, and resuming a no-transaction file that was interrupted.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::app::Series;
use crate::batch::{Batch, Required, same_history, search_path};
use crate::history::{self, Form, History, SKIPPED};
use crate::migration::Migration;
use crate::plan::{Request, Unit, cut, plan};
use crate::prepare::Prepared;
use crate::problem::Problem;
use crate::requirement::required;
use crate::sql::quote;
use crate::target::Scope;

/// The script that applies all migrations of `scope` as far as `request` asks; `known` are all series, for requirements.
///
/// # Errors
/// All that is wrong with the files.
pub fn script(
    scope: &Scope,
    request: Request,
    known: &[Arc<Series>],
) -> Result<String, Vec<Problem>> {
    let plan = plan(&scope.series, &History::default(), request, &scope.values)?;
    let form = history::created_form(scope.series.config.history_version);
    let mut script = Script {
        scope,
        form,
        history: History {
            form: Some(form),
            rows: Vec::new(),
        },
        out: String::new(),
    };
    script.opening(plan.pending.len());
    for unit in cut(plan.pending, scope.series.config.transaction) {
        script.unit(&unit, known);
    }
    Ok(script.out)
}

struct Script<'s> {
    scope: &'s Scope,
    form: Form,
    /// What is recorded before the next unit.
    history: History,
    out: String,
}

impl Script<'_> {
    fn opening(&mut self, migrations: usize) {
        let (scope, key) = (self.scope, self.scope.lock());
        let create = history::create(&scope.history, scope.series.config.history_version).replacen(
            "create table",
            "create table if not exists",
            1,
        );
        let locked = quote::literal(&format!(
            "begin if not {} then raise exception 'the target is locked: somebody else migrates it'; end if; end",
            key.try_in_transaction()
        ));
        self.line(&format!("-- {}: {migrations} migrations, for psql. Each is applied once, however often this runs.", scope.label()));
        self.line("\\set ON_ERROR_STOP on");
        self.line("\\set QUIET on");
        self.line("set client_min_messages = warning;");
        self.line(&format!(
            "begin;\ndo {locked};\n{create}\ncommit;\nreset client_min_messages;"
        ));
    }

    fn unit(&mut self, unit: &Unit, known: &[Arc<Series>]) {
        let Some(first) = unit.migrations.first() else {
            return;
        };
        let required: Vec<Required> = unit
            .migrations
            .iter()
            .flat_map(|file| &file.directives.requires)
            .filter_map(|requirement| required(self.scope, requirement, known))
            .collect();
        let labels: Vec<String> = unit
            .migrations
            .iter()
            .map(|file| file.migration.label())
            .collect();
        let table = self.scope.history.sql();
        self.line(&format!("\n-- {}", labels.join(", ")));
        self.line(&format!(
            "select not exists (select from {table} where version = {}) as migrations_pending \\gset",
            first.migration.version
        ));
        self.line("\\if :migrations_pending");
        self.line(&format!("\\echo {}", labels.join(" ")));
        if !unit.transactional {
            self.without_transaction(first, &required);
        } else if let Some(question) = &first.only_if {
            self.line(&format!(
                "begin;\nset local search_path = {};\nselect ({question}\n)::boolean as migrations_applies \\gset\nrollback;",
                search_path(self.scope)
            ));
            self.line("\\if :migrations_applies");
            self.batch(&[first], &required, None);
            self.line("\\else");
            self.batch(&[first], &required, Some(SKIPPED));
            self.line("\\endif");
        } else {
            self.batch(&unit.migrations.iter().collect::<Vec<_>>(), &required, None);
        }
        self.line("\\endif");
        for file in &unit.migrations {
            self.history.record(self.form, &file.migration, None);
        }
    }

    fn batch(&mut self, files: &[&Prepared], required: &[Required], outcome: Option<&str>) {
        let migrations: Vec<&Arc<Migration>> = files.iter().map(|file| &file.migration).collect();
        let record = history::insert(&self.scope.history, self.form, &migrations, outcome);
        let run = if outcome.is_none() { files } else { &[] };
        let batch = Batch::unmarked(self.scope, &self.history, required, run, &record);
        self.line(&format!("{};", batch.sql.trim_end()));
    }

    /// The session lock is tried once: waiting for it could deadlock with a concurrent build.
    fn without_transaction(&mut self, file: &Prepared, required: &[Required]) {
        let key = self.scope.lock();
        let check = quote::literal(&format!(
            "begin if not {} then raise exception 'the target is locked: somebody else migrates it'; end if;\n{}\nend",
            key.try_in_session(),
            same_history(&self.scope.history, &self.history)
        ));
        let milliseconds =
            |limit: Option<std::time::Duration>| limit.unwrap_or_default().as_millis();
        self.line(&format!("do {check};"));
        self.line(&format!(
            "set search_path = {};\nset lock_timeout = {};\nset statement_timeout = {};",
            search_path(self.scope),
            milliseconds(file.directives.lock_timeout),
            milliseconds(file.directives.statement_timeout)
        ));
        self.line(&format!("{}\n;", file.rendered.text));
        self.line("reset session authorization;\nreset role;\nreset all;");
        let record = history::insert(&self.scope.history, self.form, &[&file.migration], None);
        let batch = Batch::unmarked(self.scope, &self.history, required, &[], &record);
        self.line(&format!("{};", batch.sql.trim_end()));
        self.line(&format!(
            "do 'begin perform {}; end';",
            key.release_in_session()
        ));
    }

    fn line(&mut self, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "{text}");
    }
}
