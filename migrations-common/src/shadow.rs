//! Shadow databases: made on the embedded server, brought to a base state, copied for whatever is tried on it, and
//! always dropped.
//!
//! What runs here may be any migration of any branch. It runs as a role that owns the database and nothing else: no
//! superuser, no server programs or files, no other role's rights.

mod admin;
mod base;
mod content;
mod lease;
mod replica;
mod role;

use std::collections::BTreeSet;
use std::time::Duration;

use crate::connect::{self, Parameters};
use crate::embedded::Running;
use crate::environment::Environment;
use crate::problem::{Kind, Problem};
use crate::sql::quote;
use admin::Admin;
use lease::Lease;

pub use base::Base;
pub(crate) use content::Content;
pub use content::ContentDifference;
pub(crate) use replica::Replica;
pub(crate) use role::missing_role;

/// A database in its base state, to be copied.
///
/// Dropping it drops the database, its copies and its roles. What a killed process leaves is dropped by the next one.
pub struct Shadow {
    server: Running,
    admin: Admin,
    lease: Lease,
    limits: Limits,
    /// What its tables and sequences hold.
    content: Content,
    /// Copies made so far; their names count them.
    copies: u32,
    /// Those that are there.
    alive: BTreeSet<String>,
    /// A copy that is as it was made, with an open connection.
    idle: Option<Replica>,
}

/// How long what runs on a shadow database may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// One statement of a migration.
    pub statement: Duration,
    /// Waiting for a lock. Nobody else is there, so it is a session of the migration's own, or a worker of the server.
    pub lock: Duration,
    /// All statements of one order, whatever they set `statement_timeout` to.
    pub order: Duration,
    /// All migrations of the base.
    pub base: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            statement: Duration::from_secs(30),
            lock: Duration::from_secs(5),
            order: Duration::from_mins(2),
            base: Duration::from_mins(10),
        }
    }
}

impl Shadow {
    /// Makes a database on `server` and brings it to `base`. Of `schemas`, those that migrations do not create
    /// themselves are made when one needs them, as somebody did on the team's servers.
    ///
    /// # Errors
    /// `shadow-base` with the migration that does not run on an empty database: nothing can be proved then. Else the
    /// server's refusals, of code `shadow`.
    pub fn build(
        server: &Running,
        base: Base<'_>,
        schemas: &[String],
        limits: Limits,
    ) -> Result<Shadow, Problem> {
        let mut admin = Admin::open(server)?;
        let lease = Lease::take(&mut admin)?;
        let mut shadow = Shadow {
            server: server.clone(),
            admin,
            lease,
            limits,
            content: Content::default(),
            copies: 0,
            alive: BTreeSet::new(),
            idle: None,
        };
        role::create(&mut shadow.admin, &shadow.lease, limits)?;
        let (database, owner) = (shadow.lease.database(), shadow.lease.role());
        // Without a STRATEGY, that is WAL_LOG since version 15. Measured on 15.18 with a database of 460 files and 8 MB, one
        // takes as long as FILE_COPY where fsync is off (15 to 200 ms, as long as the file system takes to make the files),
        // and two thirds of that where it is on; and FILE_COPY forces two checkpoints on all who share the server.
        shadow.admin.run(&format!(
            "create database {} owner {} template template0",
            quote::identifier(&database),
            quote::identifier(&owner)
        ))?;
        base::apply(&mut shadow, base, schemas)?;
        shadow.content = shadow.read(&database)?;
        // A database is copied only while nobody is connected to it: nobody will be, no worker of the server either.
        shadow.admin.run(&format!(
            "alter database {} with allow_connections false",
            quote::identifier(&database)
        ))?;
        Ok(shadow)
    }

    fn read(&self, database: &str) -> Result<Content, Problem> {
        let mut reader = connect::open(&self.reading(database)?, "migrations shadow", |_| {})?;
        Content::read(&mut reader).map_err(|error| error.into_problem(Kind::Failed, "shadow"))
    }

    /// The server that it is on.
    pub fn server(&self) -> &Running {
        &self.server
    }

    /// The name of its database; those of its copies and roles begin with it.
    pub fn name(&self) -> String {
        self.lease.database()
    }

    /// How long things may take.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// What the base holds.
    pub(crate) fn content(&self) -> &Content {
        &self.content
    }

    /// A copy of the base with an open connection: the idle one, or a new one.
    pub(crate) fn replica(&mut self) -> Result<Replica, Problem> {
        if let Some(replica) = self.idle.take() {
            return Ok(replica);
        }
        self.copies = self.copies.saturating_add(1);
        let name = self.lease.copy(self.copies);
        self.admin.run(&format!(
            "create database {} owner {} template {}",
            quote::identifier(&name),
            quote::identifier(&self.lease.role()),
            quote::identifier(&self.lease.database())
        ))?;
        self.alive.insert(name.clone());
        // A role may change its own settings, which outlive the database.
        self.admin.run(&role::settings(&self.lease, self.limits))?;
        Replica::open(self, name)
    }

    /// Keeps a copy on which everything was rolled back.
    pub(crate) fn keep(&mut self, replica: Replica) {
        self.idle = Some(replica);
    }

    /// Drops all copies but the idle one, whatever became of their connections.
    pub(crate) fn drop_copies(&mut self) -> Result<(), Problem> {
        let idle = self.idle.as_ref().map(Replica::name);
        let used = self.alive.iter().filter(|name| Some(name.as_str()) != idle);
        for name in used.cloned().collect::<Vec<_>>() {
            self.admin.drop_database(&name)?;
            self.alive.remove(&name);
        }
        Ok(())
    }

    /// Whether the server answers: else it is not a migration's fault that a connection is lost.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.admin.run("select").is_ok()
    }

    /// Makes a role that a migration names and this server lacks; true if it is there now. It can do nothing, and is
    /// dropped with the shadow.
    pub(crate) fn ensure_role(&mut self, name: &str) -> Result<bool, Problem> {
        role::ensure(&mut self.admin, &self.lease, name)
    }

    /// How to connect to `database` as the role that runs migrations.
    fn parameters(&self, database: &str) -> Result<Parameters, Problem> {
        parameters(&self.server, &self.lease.role(), database)
    }

    /// The same as a role that reads every table's content, and writes nothing.
    fn reading(&self, database: &str) -> Result<Parameters, Problem> {
        parameters(&self.server, &self.lease.reader(), database)
    }
}

/// Whoever used it is done or gave up: what cannot be dropped now is dropped by the next run.
impl Drop for Shadow {
    fn drop(&mut self) {
        self.idle = None;
        self.lease.remove(&mut self.admin);
    }
}

fn parameters(server: &Running, role: &str, database: &str) -> Result<Parameters, Problem> {
    let mut server = server.clone();
    // The URL is that of its superuser, who is nobody but a name to a server that trusts its socket.
    role.clone_into(&mut server.superuser);
    Parameters::from_url(&server.url(database), &Environment::default())
}
