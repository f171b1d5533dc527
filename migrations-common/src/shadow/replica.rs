//! A copy of a shadow database, with a connection on which migrations run, watched.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use postgres::Client;

use super::Shadow;
use crate::connect::{self, Connection, Parameters, problem_of};
use crate::embedded::Running;
use crate::environment::Environment;
use crate::problem::{Kind, Problem};

/// A copy, which is dropped by [`Shadow::drop_copies`], at the latest with its shadow.
pub(crate) struct Replica {
    name: String,
    connection: Connection,
    /// Its process on the server.
    pid: i32,
    server: Running,
    reading: Parameters,
}

/// What came of work that was watched.
pub(crate) struct Watched<T> {
    pub(crate) value: T,
    /// The work took longer than it may; what it returned is what a cancelled statement returns.
    pub(crate) timed_out: bool,
}

/// How long a statement may take to end after it was cancelled. A migration may catch the cancellation; then its session
/// is ended.
const GRACE: Duration = Duration::from_secs(2);

impl Replica {
    pub(super) fn open(shadow: &Shadow, name: String) -> Result<Replica, Problem> {
        let parameters = shadow.parameters(&name)?;
        let mut connection = connect::open(&parameters, "migrations shadow", |_| {})?;
        let pid = connection
            .query_one("select pg_catalog.pg_backend_pid()", &[])
            .and_then(|row| row.try_get(0))
            .map_err(|error| problem_of(&error).into_problem(Kind::Connect, "shadow"))?;
        Ok(Replica {
            connection,
            pid,
            server: shadow.server.clone(),
            reading: shadow.reading(&name)?,
            name,
        })
    }

    /// Lets `work` use the connection for `limit` at most; then its statement is cancelled, and after that its session
    /// ended.
    ///
    /// `statement_timeout` alone would not do: a migration may set it, and catch its error.
    pub(crate) fn within<T>(
        &mut self,
        limit: Duration,
        work: impl FnOnce(&mut Client) -> T,
    ) -> Result<Watched<T>, Problem> {
        let (done, ended) = channel::<()>();
        let (canceller, server, pid) = (self.connection.canceller(), self.server.clone(), self.pid);
        let watchdog = thread::Builder::new().spawn(move || {
            let is_over = |limit| ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            if !is_over(limit) {
                return false;
            }
            let _ = canceller.cancel();
            while is_over(GRACE) {
                let _ = terminate(&server, pid);
            }
            true
        });
        let watchdog = watchdog.map_err(|error| {
            Problem::failed("shadow", format!("cannot start a thread: {error}"))
        })?;
        let value = work(&mut self.connection);
        drop(done);
        Ok(Watched {
            value,
            timed_out: watchdog.join().unwrap_or(false),
        })
    }

    /// A connection that reads all content.
    pub(crate) fn reader(&self) -> Result<Connection, Problem> {
        connect::open(&self.reading, "migrations shadow", |_| {})
    }

    /// The database's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

fn terminate(server: &Running, pid: i32) -> Result<(), Problem> {
    let parameters = Parameters::from_url(&server.url("postgres"), &Environment::default())?;
    let mut connection = connect::open(&parameters, "migrations shadow", |_| {})?;
    connection
        .batch_execute(&format!("select pg_terminate_backend({pid})"))
        .map_err(|error| problem_of(&error).into_problem(Kind::Connect, "shadow"))
}
