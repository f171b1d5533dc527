//! A server that runs: how to reach it, and its databases.

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use postgres::Client;

use super::template::SUPERUSER;
use super::version::Version;
use super::{client, place};
use crate::problem::Problem;

/// A server that accepts connections.
#[derive(Clone, Debug)]
pub struct Running {
    /// The directory of its Unix socket; its permissions are the only thing that guards the server.
    pub socket_directory: PathBuf,
    /// A part of the socket's name; the server listens on no network port.
    pub port: u16,
    /// The role that owns everything; it needs no password.
    pub superuser: String,
    /// The server's own version.
    pub version: Version,
    /// The process to signal.
    pub pid: u32,
    /// What the server writes.
    pub log: PathBuf,
    /// How long the start took; `None` if it was running already.
    pub started: Option<Duration>,
}

/// Making a database copies seven megabytes; a slow disk takes its time.
const DATABASE_LIMIT: Duration = Duration::from_mins(1);

/// A name is an array of 64 bytes with a closing NUL (`NAMEDATALEN`); the server cuts what is longer.
const LONGEST_NAME: usize = 63;

const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

impl Running {
    pub(super) fn new(socket_directory: PathBuf, version: Version, pid: u32, log: PathBuf) -> Self {
        Running {
            socket_directory,
            port: place::PORT,
            superuser: SUPERUSER.to_owned(),
            version,
            pid,
            log,
            started: None,
        }
    }

    /// The URL of `database`, as both libpq and the `postgres` crate read it.
    pub fn url(&self, database: &str) -> String {
        let user = percent_encode(self.superuser.as_bytes(), KEPT);
        let directory = percent_encode(self.socket_directory.as_os_str().as_bytes(), KEPT);
        let database = percent_encode(database.as_bytes(), KEPT);
        format!("postgres://{user}@{directory}:{}/{database}", self.port)
    }

    /// Creates `name` unless it exists; true if it was created. Two runs may ask at once.
    ///
    /// Errors: `database-name`, `postgres-connect`, `postgres-refused`.
    pub fn ensure_database(&self, name: &str) -> Result<bool, Problem> {
        if self.database_exists(name)? {
            return Ok(false);
        }
        // template0 takes no connections, so nobody's session on template1 can be in the way.
        let create = format!("create database {} template template0", quoted(name));
        match self.ask(move |client| client.batch_execute(&create)) {
            Ok(()) => Ok(true),
            // Another run was quicker: duplicate_database, or unique_violation when both are at the catalog.
            Err(problem) if matches!(problem.sqlstate.as_deref(), Some("42P04" | "23505")) => {
                Ok(false)
            }
            Err(problem) => Err(problem),
        }
    }

    /// Drops `name` and ends its sessions; true if it existed.
    pub fn drop_database(&self, name: &str) -> Result<bool, Problem> {
        let existed = self.database_exists(name)?;
        let drop = format!("drop database if exists {} with (force)", quoted(name));
        self.ask(move |client| client.batch_execute(&drop))?;
        Ok(existed)
    }

    /// Whether there is a database `name`.
    pub fn database_exists(&self, name: &str) -> Result<bool, Problem> {
        let name = valid(name)?.to_owned();
        self.ask(move |client| {
            let found = client.query_opt("select from pg_database where datname = $1", &[&name])?;
            Ok(found.is_some())
        })
    }

    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Client) -> Result<T, postgres::Error> + Send + 'static,
    ) -> Result<T, Problem> {
        client::ask(&self.socket_directory, "postgres", DATABASE_LIMIT, work)
    }
}

fn valid(name: &str) -> Result<&str, Problem> {
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains('\0') {
        return Err(Problem::config(
            "database-name",
            format!("`{}` cannot be the name of a database", name.escape_debug()),
        )
        .help(format!("use 1 to {LONGEST_NAME} bytes")));
    }
    Ok(name)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
