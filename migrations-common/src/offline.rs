//! A target's migrations as one SQL file for psql: no connection is opened to write it, and the same files give the same
//! bytes.
//!
//! The script can be run again, and on a target that has some of the migrations: each is applied only where it is not
//! recorded, in the same units as online, under the same lock and with the same guard. What only the online run can do, it
//! leaves out: trying again, and resuming a no-transaction file that was interrupted.
//!
//! Where a [stand-in](psql::stand_in) is the tenant's name, the script is one for all tenants, and psql is told which:
//! `psql -v schema=acme`.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::app::Series;
use crate::batch::{Batch, Required, same_history, search_path};
use crate::history::{self, Form, History, HistoryTable, SKIPPED};
use crate::plan::{Request, Unit, cut, plan};
use crate::prepare::Prepared;
use crate::problem::Problem;
use crate::requirement::required;
use crate::sql::{psql, quote};
use crate::target::Scope;
use crate::track::Track;

/// The script that applies all migrations of `scope` as far as `request` asks; `known` are all series, for requirements.
///
/// # Errors
/// All that is wrong with the files, and `psql-command`: a `\` outside of quotes, which psql would obey.
pub fn script(
    scope: &Scope,
    request: Request,
    known: &[Arc<Series>],
) -> Result<String, Vec<Problem>> {
    let plan = plan(&scope.series, &History::default(), request, &scope.values)?;
    let commands: Vec<Problem> = plan.pending.iter().filter_map(command).collect();
    if !commands.is_empty() {
        return Err(commands);
    }
    let form = history::created_form(scope.series.config.history_version);
    let mut script = Script {
        scope,
        form,
        first: known
            .iter()
            .filter_map(|other| head(other, scope))
            .collect(),
        history: History {
            form: Some(form),
            rows: Vec::new(),
        },
        out: String::new(),
    };
    script.opening(&plan.pending);
    for unit in cut(plan.pending, scope.series.config.transaction) {
        script.unit(&unit, known);
    }
    Ok(script.out)
}

/// What psql would take for one of its own commands.
fn command(file: &Prepared) -> Option<Problem> {
    let span = match psql::command(&file.rendered.text) {
        Some(at) => {
            let start = file.rendered.origin(at);
            start..start + 1
        }
        None => {
            psql::command(file.only_if.as_deref()?)?;
            file.directives.only_if.as_ref()?.span.clone()
        }
    };
    Some(
        Problem::verification(
            "psql-command",
            format!("{} holds a `\\` outside of quotes", file.migration.label()),
        )
        .at(file.source.place(span))
        .note("psql takes it for the start of a command of its own, and the server takes it for an error")
        .help("remove it, or put it into quotes"),
    )
}

const LOCKED: &str = "the target is locked: somebody else migrates it";

/// What a transaction does to each of its files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    /// Run it and record it.
    Everything,
    /// Record it, with an outcome other than that it was applied.
    Record(Option<&'static str>),
}

/// The newest migration of `other`, if that is the global track that the tenant `scope` comes after.
fn head(other: &Series, scope: &Scope) -> Option<Required> {
    let newest = other.migrations.last()?;
    other.comes_before(&scope.series).then(|| Required {
        label: format!("{}/V{}", other.label(), newest.version),
        table: HistoryTable {
            schema: other.config.schema.clone(),
            name: other.config.history_table.clone(),
        },
        version: newest.version,
    })
}

struct Script<'s> {
    scope: &'s Scope,
    form: Form,
    /// What must be applied before any unit.
    first: Vec<Required>,
    /// What is recorded before the next unit.
    history: History,
    out: String,
}

impl Script<'_> {
    fn opening(&mut self, migrations: &[Prepared]) {
        let scope = self.scope;
        let stand_in = scope.tenant.as_deref().unwrap_or_default();
        let variable = psql::variable(stand_in);
        let label = match variable {
            Some(variable) => scope.label().replace(stand_in, &format!(":{variable}")),
            None => scope.label().replace(char::is_control, " "),
        };
        self.line(&format!(
            "-- {label}: {} migrations, for psql. Each is applied once, however often this runs.",
            migrations.len()
        ));
        self.line("\\set ON_ERROR_STOP on\n\\set AUTOCOMMIT on\n\\set QUIET on");
        self.line("set client_encoding = 'UTF8';\nset standard_conforming_strings = on;");
        let is_schema = scope.series.track == Some(Track::Tenant);
        let says = |file: &Prepared| {
            let question = file.only_if.as_deref().unwrap_or_default();
            file.rendered.text.contains(stand_in) || question.contains(stand_in)
        };
        if let Some(variable) = variable.filter(|_| is_schema || migrations.iter().any(says)) {
            self.ask_for(variable);
        }
        if variable.is_some() && is_schema {
            self.refuse_other_schemas();
        }
        let not_locked = format!("not {}", scope.lock().try_in_transaction());
        let create = history::create(&scope.history, scope.series.config.history_version).replacen(
            "create table",
            "create table if not exists",
            1,
        );
        self.line("set client_min_messages = warning;\nbegin;");
        self.stop_if(&not_locked, LOCKED);
        self.sql(&create);
        self.line("commit;\nreset client_min_messages;");
    }

    fn ask_for(&mut self, variable: &str) {
        self.line(&format!("\\if :{{?{variable}}}\n\\else"));
        let question = format!("which {variable}? Say psql -v {variable}=NAME");
        self.stop_if("true", &question);
        self.line("\\endif");
    }

    /// Refuses what no run would take for a tenant's schema.
    fn refuse_other_schemas(&mut self) {
        let schema = &self.scope.history.schema;
        let (name, global) = (quote::literal(schema), &self.scope.series.config.schema);
        self.stop_if(
            // As text: to compare as names would cut a long one first.
            &format!("not exists (select from pg_namespace where nspname::text = {name})"),
            &format!("the schema {} does not exist", quote::identifier(schema)),
        );
        self.stop_if(
            &format!("{name} = {}", quote::literal(global)),
            &format!("{global} is the schema of the global track, not of a tenant"),
        );
    }

    fn unit(&mut self, unit: &Unit, known: &[Arc<Series>]) {
        let directives = unit.migrations.iter().map(|file| &file.directives);
        let required: Vec<Required> = directives
            .flat_map(|directives| &directives.requires)
            .filter_map(|requirement| required(self.scope, requirement, known))
            .chain(self.first.iter().cloned())
            .collect();
        let labels: Vec<String> = unit
            .migrations
            .iter()
            .map(|file| file.migration.label())
            .collect();
        self.line(&format!("\n-- {}", labels.join(", ")));
        self.if_pending(&unit.migrations);
        match unit.migrations.as_slice() {
            [file] if !unit.transactional => self.without_transaction(file, &required),
            [file] if file.only_if.is_some() => self.only_if(file, &required),
            files => self.transaction(files, Does::Everything, &required),
        }
        self.line("\\endif");
        for file in &unit.migrations {
            self.history.record(self.form, &file.migration, None);
        }
    }

    /// What follows, up to `\endif`, is for a target where one of `files` is not recorded.
    fn if_pending(&mut self, files: &[Prepared]) {
        let versions: Vec<String> = files
            .iter()
            .map(|file| file.migration.version.to_string())
            .collect();
        let (table, number) = (self.scope.history.sql(), versions.len());
        self.sql(&format!(
            "select count(*) < {number} as migrations_pending from {table} where version in ({})",
            versions.join(", ")
        ));
        self.line("\\gset");
        self.line("\\if :migrations_pending");
    }

    /// The question is asked as online: under the lock, with nothing changed.
    fn only_if(&mut self, file: &Prepared, required: &[Required]) {
        let question = file.only_if.as_deref().unwrap_or_default();
        self.sql(&Batch::opening_of_script(self.scope, required));
        self.sql(&format!(
            "select ({question}\n)::boolean as migrations_applies"
        ));
        self.line("\\gset\nrollback;");
        self.line("\\if :{?migrations_applies}\n\\else");
        self.stop_if("true", "the `only-if` query answered NULL");
        self.line("\\endif\n\\if :migrations_applies");
        self.transaction(std::slice::from_ref(file), Does::Everything, required);
        self.line("\\else");
        self.transaction(
            std::slice::from_ref(file),
            Does::Record(Some(SKIPPED)),
            required,
        );
        self.line("\\endif");
    }

    /// Those of `files` that are not recorded, which is looked at under the lock.
    fn transaction(&mut self, files: &[Prepared], does: Does, required: &[Required]) {
        let mut before = self.history.clone();
        self.sql(&Batch::opening_of_script(self.scope, required));
        for (index, file) in files.iter().enumerate() {
            self.if_pending(std::slice::from_ref(file));
            if does != Does::Record(None) {
                self.echo(file);
            }
            self.run_block(&same_history(&self.scope.history, &before));
            let outcome = match does {
                Does::Everything => {
                    let is_last = index + 1 == files.len();
                    self.sql(&Batch::file_of_script(self.scope, file, is_last));
                    None
                }
                Does::Record(outcome) => outcome,
            };
            let table = &self.scope.history;
            let row = history::insert(table, self.form, &[&file.migration], outcome);
            self.sql(&row);
            self.line("\\endif");
            before.record(self.form, &file.migration, outcome);
        }
        self.line("commit;");
    }

    /// The session lock is tried once: waiting for it could deadlock with a concurrent build.
    fn without_transaction(&mut self, file: &Prepared, required: &[Required]) {
        let scope = self.scope;
        if !required.is_empty() {
            self.sql(&Batch::opening_of_script(scope, required));
            self.line("rollback;");
        }
        self.echo(file);
        let not_locked = format!("not {}", scope.lock().try_in_session());
        self.stop_if(&not_locked, LOCKED);
        self.run_block(&same_history(&scope.history, &self.history));
        let milliseconds = |limit: Option<Duration>| limit.unwrap_or_default().as_millis();
        self.sql(&format!(
            "set search_path = {};\nset lock_timeout = {};\nset statement_timeout = {};",
            search_path(scope),
            milliseconds(file.directives.lock_timeout),
            milliseconds(file.directives.statement_timeout)
        ));
        self.sql(&format!("{}\n;", file.rendered.text));
        self.line("reset session authorization;\nreset role;\nreset all;");
        self.line("set client_encoding = 'UTF8';\nset standard_conforming_strings = on;");
        self.transaction(std::slice::from_ref(file), Does::Record(None), &[]);
        self.run_block(&format!("perform {};", scope.lock().release_in_session()));
    }

    fn echo(&mut self, file: &Prepared) {
        self.line(&format!("\\echo {}", file.migration.label()));
    }

    fn stop_if(&mut self, condition: &str, message: &str) {
        let message = quote::literal(message);
        self.run_block(&format!(
            "if {condition} then raise exception using message = {message}; end if;"
        ));
    }

    fn run_block(&mut self, statements: &str) {
        let body = quote::literal(&format!("begin\n{statements}\nend"));
        self.sql(&format!("do {body};"));
    }

    fn sql(&mut self, sql: &str) {
        self.line(psql::written(sql).trim_end());
    }

    fn line(&mut self, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "{text}");
    }
}
