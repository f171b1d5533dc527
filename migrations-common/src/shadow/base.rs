//! Bringing a shadow database to its base state.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::Shadow;
use super::role::{role_named, schema_named};
use crate::app::Series;
use crate::connect::{self, Parameters, problem_of};
use crate::fleet::{self, MigrateRequest};
use crate::interrupt::Interrupt;
use crate::problem::{Kind, Problem};
use crate::program::Program;
use crate::report::{Outcome, Report, Signal};
use crate::runner::Context;
use crate::sql::quote;
use crate::target::{Scope, Target};

/// What a shadow database starts from.
#[derive(Clone, Copy, Debug)]
pub enum Base<'a> {
    /// All migrations of these series, in the order of their requirements, run by the engine itself. A series holds
    /// those that the base has, and no others.
    Migrations(&'a [Scope]),
    /// Statements.
    Sql(&'a str),
}

/// Roles and schemas that one base may lack.
const MOST_MISSING: usize = 200;

/// Brings the database of `shadow` to `base`.
pub(super) fn apply(
    shadow: &mut Shadow,
    base: Base<'_>,
    schemas: &[String],
) -> Result<(), Problem> {
    let parameters = shadow.parameters(&shadow.lease.database())?;
    match base {
        Base::Sql(sql) => statements(shadow, &parameters, sql),
        Base::Migrations(scopes) => replay(shadow, &Arc::new(parameters), scopes, schemas),
    }
}

fn statements(shadow: &mut Shadow, parameters: &Parameters, sql: &str) -> Result<(), Problem> {
    let mut problem = None;
    for _ in 0..MOST_MISSING {
        let mut connection = connect::open(parameters, "migrations shadow", |_| {})?;
        // All of it in one message is one transaction: what fails can be sent again.
        let Err(error) = connection.batch_execute(sql) else {
            return Ok(());
        };
        let found = problem_of(&error).into_problem(Kind::Failed, "migration-failed");
        let role = role_named(found.sqlstate.as_deref(), &found.message);
        problem = Some(found);
        match role {
            Some(role) if shadow.ensure_role(&role)? => {}
            _ => break,
        }
    }
    Err(problem.map_or_else(unexplained, |problem| does_not_replay(&problem)))
}

fn replay(
    shadow: &mut Shadow,
    parameters: &Arc<Parameters>,
    scopes: &[Scope],
    schemas: &[String],
) -> Result<(), Problem> {
    let target = |scope: &Scope| {
        Arc::new(Target {
            scope: scope.clone(),
            environment: "shadow".into(),
            parameters: Arc::clone(parameters),
            direct: None,
            max_connections: 1,
            made_on_demand: true,
            origin: None,
        })
    };
    let targets: Vec<Arc<Target>> = scopes.iter().map(target).collect();
    let known: Arc<[Arc<Series>]> = scopes
        .iter()
        .map(|scope| Arc::clone(&scope.series))
        .collect();
    let mut problem = None;
    for _ in 0..MOST_MISSING {
        let report = migrate(&targets, &known, shadow.limits.base)?;
        let Some((target, found)) = first_problem(&report) else {
            return Ok(());
        };
        let repaired = supply(shadow, parameters, &target, &found, schemas)?;
        problem = Some(found);
        if !repaired {
            break;
        }
    }
    Err(problem.map_or_else(unexplained, |problem| does_not_replay(&problem)))
}

/// Runs the engine, for `limit` at most.
fn migrate(
    targets: &[Arc<Target>],
    known: &Arc<[Arc<Series>]>,
    limit: Duration,
) -> Result<Report, Problem> {
    let interrupt = Interrupt::default();
    let context = Context {
        observer: Arc::new(|_| {}),
        interrupt: interrupt.clone(),
        lock_wait: Duration::from_secs(10),
        patience: None,
        program: Program::xtask(),
        known: Arc::clone(known),
    };
    let (done, ended) = channel::<()>();
    let watchdog = thread::Builder::new().spawn(move || {
        let mut left = limit;
        while ended.recv_timeout(left) == Err(RecvTimeoutError::Timeout) {
            interrupt.request(Signal::Terminate);
            interrupt.cancel_running();
            left = Duration::from_secs(1);
        }
    });
    let watchdog = watchdog
        .map_err(|error| Problem::failed("shadow", format!("cannot start a thread: {error}")))?;
    let report = fleet::migrate(targets, &[], &MigrateRequest::default(), &context);
    drop(done);
    let _ = watchdog.join();
    if report.interrupted.is_some() || context.interrupt.requested().is_some() {
        return Err(does_not_replay(&Problem::failed(
            "shadow-base",
            format!("it takes longer than {} s", limit.as_secs()),
        )));
    }
    Ok(report)
}

/// What went wrong first, and where.
fn first_problem(report: &Report) -> Option<(Arc<Target>, Problem)> {
    let of_targets = report.targets.iter().filter(|target| {
        !matches!(
            target.outcome,
            Outcome::Applied | Outcome::AtHead | Outcome::Ahead
        )
    });
    of_targets
        .filter(|target| target.outcome != Outcome::NotReached)
        .chain(report.targets.iter())
        .find_map(|target| {
            let problem = target.problems.first()?;
            Some((Arc::clone(&target.target), problem.clone()))
        })
}

/// Makes what the team's servers have and a new one lacks; true if there was something to make.
fn supply(
    shadow: &mut Shadow,
    parameters: &Arc<Parameters>,
    target: &Target,
    problem: &Problem,
    schemas: &[String],
) -> Result<bool, Problem> {
    let sqlstate = problem.sqlstate.as_deref();
    if let Some(role) = role_named(sqlstate, &problem.message) {
        return shadow.ensure_role(&role);
    }
    let schema = match problem.code {
        "no-schema" => Some(target.history.schema.clone()),
        _ => schema_named(sqlstate, &problem.message).filter(|name| schemas.contains(name)),
    };
    let Some(schema) = schema else {
        return Ok(false);
    };
    let mut connection = connect::open(parameters, "migrations shadow", |_| {})?;
    let create = format!("create schema {}", quote::identifier(&schema));
    Ok(connection.batch_execute(&create).is_ok())
}

/// The failure of the base, with what it means.
fn does_not_replay(problem: &Problem) -> Problem {
    let mut found = problem.clone();
    found.kind = Kind::Failed;
    found.code = "shadow-base";
    found.message = format!(
        "the base does not run on an empty database: {}",
        problem.message
    );
    // What the engine says about its own next run does not hold for a database that is thrown away.
    found.notes.clear();
    if problem.sqlstate.as_deref() == Some("42501") {
        found = found
            .note("it ran as a role that owns the database and is no superuser, so that no branch's migration can reach the server or its machine")
            .help("an extension can be made available to such a role: `trusted = true` in its control file, on the server that PG_BIN names");
    }
    found
}

fn unexplained() -> Problem {
    Problem::failed("shadow-base", "the base does not run on an empty database")
}
